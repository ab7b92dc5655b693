#include "intake/message_index.h"

#include <algorithm>
#include <cstring>

#include "base/keyed_hash.h"

namespace postreeve {

std::uint64_t hash_text(std::string_view text, std::uint64_t seed) noexcept {
  std::uint64_t hash = mix64(seed ^ text.size());
  while (text.size() >= sizeof(std::uint64_t)) {
    std::uint64_t chunk = 0;
    std::memcpy(&chunk, text.data(), sizeof chunk);
    hash = mix64(hash ^ chunk);
    text.remove_prefix(sizeof chunk);
  }
  if (text.empty()) return hash;
  std::uint64_t chunk = 0;
  std::memcpy(&chunk, text.data(), text.size());
  return mix64(hash ^ chunk);
}

bool SmallHashSet::insert(std::uint64_t hash) {
  if (std::ranges::find(few_, hash) != few_.end()) return false;
  if (few_.size() < kFew) {
    few_.push_back(hash);
    return true;
  }
  return many_.insert(hash).second;
}

std::optional<std::uint32_t> AccountTable::number_of(std::string_view login) {
  if (const auto known = numbers_.find(login); known != numbers_.end()) return known->second;
  auto account = AccountId::from_login(login, default_domain_);
  if (!account) return std::nullopt;
  const auto number = static_cast<std::uint32_t>(accounts_.size());
  accounts_.push_back(*std::move(account));
  numbers_.emplace(std::string(login), number);
  return number;
}

}  // namespace postreeve
