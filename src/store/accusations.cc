#include "store/accusations.h"

#include <algorithm>
#include <utility>

namespace postreeve {
namespace {

constexpr std::size_t kMostAccounts = 10'000;

}  // namespace

void Accusations::add(std::uint32_t account, TraitKey trait, Timestamp time) {
  const std::scoped_lock lock(mutex_);
  if (accounts_.size() >= kMostAccounts && !accounts_.contains(account)) accounts_.erase(accounts_.begin());
  OfAccount& own = accounts_[account];
  own.latest = std::max(own.latest, to_seconds32(time));
  const auto end = own.traits.begin() + own.size;
  if (std::find(own.traits.begin(), end, trait) != end || own.size == own.traits.size()) return;
  own.traits[own.size++] = trait;
}

bool Accusations::has(std::uint32_t account, Timestamp time, Duration span) const {
  const std::scoped_lock lock(mutex_);
  const auto found = accounts_.find(account);
  return found != accounts_.end() && time - from_seconds32(found->second.latest) <= span;
}

std::vector<TraitKey> Accusations::take(std::uint32_t account) {
  const std::scoped_lock lock(mutex_);
  const auto found = accounts_.find(account);
  if (found == accounts_.end()) return {};
  const OfAccount own = found->second;
  accounts_.erase(found);
  return {own.traits.begin(), own.traits.begin() + own.size};
}

void Accusations::each(const std::function<void(std::uint32_t account, Timestamp latest,
                                                std::span<const TraitKey> traits)>& on_account) const {
  const std::scoped_lock lock(mutex_);
  for (const auto& [account, own] : accounts_)
    on_account(account, from_seconds32(own.latest), std::span(own.traits).first(own.size));
}

void Accusations::save(FieldWriter& writer) const {
  const std::scoped_lock lock(mutex_);
  writer.map(accounts_, kMostAccounts);
}

Result<void> Accusations::load(FieldReader& reader) {
  std::unordered_map<std::uint32_t, OfAccount> accounts;
  reader.map(accounts, kMostAccounts);
  if (Result<void> read = reader.finish(); !read) return read;
  const std::scoped_lock lock(mutex_);
  accounts_ = std::move(accounts);
  return {};
}

}  // namespace postreeve
