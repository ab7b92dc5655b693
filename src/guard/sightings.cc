#include "guard/sightings.h"

#include <algorithm>
#include <bit>
#include <cstring>
#include <functional>
#include <limits>
#include <type_traits>
#include <utility>
#include <variant>

#include "base/keyed_hash.h"

namespace postreeve {
namespace {

constexpr std::uint32_t kMemorySeconds = 600;

// Before the entries as they lie in memory; a change of Entry, of a key or of an enumeration raises it.
constexpr std::string_view kSavedAs = "postreeve sightings 1\n";

// Collisions that an attacker makes only join his own steps, and the table forgets within minutes.
std::uint64_t hash_of(std::string_view text, std::uint64_t seed) noexcept {
  return mix64(std::hash<std::string_view>{}(text) ^ seed);
}

struct KeyOf {
  std::uint64_t operator()(const Recipient& asked) const noexcept {
    return hash_of(asked.recipient, hash_of(asked.sender, hash_of(asked.account.text(), 1)));
  }
  std::uint64_t operator()(const Submission& message) const noexcept {
    return message.queue_id.empty() ? 0 : hash_of(message.queue_id, hash_of(message.account.text(), 2));
  }
  std::uint64_t operator()(const Login& login) const noexcept {
    const std::uint64_t account = hash_of(login.account.text(), login.success ? 3 : 4);
    if (!login.session.client_address) return account;
    return mix64(account ^ login.session.client_address->low() ^ mix64(login.session.client_address->high()));
  }
  template <typename Other>
  std::uint64_t operator()(const Other&) const noexcept {
    return 0;
  }
};

}  // namespace

std::string_view to_text(Door door) noexcept {
  switch (door) {
    case Door::kPostfixPolicy:
      return "postfix_policy";
    case Door::kMilter:
      return "milter";
    case Door::kAuthPolicy:
      return "auth_policy";
    case Door::kEventApi:
      return "events";
    case Door::kLog:
      return "log";
    case Door::kControl:
      return "control";
  }
  return "";
}

Sightings::Sightings(std::size_t most) : entries_(std::bit_ceil(std::max(most, kShards * kWays))) {}

std::uint64_t Sightings::key_of(const Event& event) noexcept {
  return std::visit(KeyOf{}, event);
}

Sightings::Entry* Sightings::set_of(std::uint64_t key) noexcept {
  return &entries_[(key & (entries_.size() - 1)) / kWays * kWays];
}

Sightings::Entry* Sightings::find(Entry* set, std::uint64_t key, Timestamp now) noexcept {
  return std::find_if(set, set + kWays, [&](const Entry& entry) {
    return entry.key == key && entry.time + kMemorySeconds > to_seconds32(now);
  });
}

std::optional<Sightings::Seen> Sightings::take(std::uint64_t key, Door door, Timestamp now) {
  const std::scoped_lock lock(mutexes_[key / kWays % kShards]);
  Entry* const set = set_of(key);
  Entry* const entry = find(set, key, now);
  if (entry == set + kWays) return std::nullopt;
  std::uint8_t& mine = entry->seen_by[static_cast<std::size_t>(door)];
  if (mine == *std::ranges::max_element(entry->seen_by)) return std::nullopt;
  ++mine;
  return entry->seen;
}

void Sightings::add(std::uint64_t key, Door door, Seen seen, Timestamp time) {
  const std::scoped_lock lock(mutexes_[key / kWays % kShards]);
  Entry* const set = set_of(key);
  Entry* entry = find(set, key, time);
  if (entry == set + kWays) {
    entry =
        std::min_element(set, set + kWays, [](const Entry& a, const Entry& b) { return a.time < b.time; });
    if (entry->time > to_seconds32(time)) return;
    *entry = Entry{};
    entry->key = key;
  }
  std::uint8_t& mine = entry->seen_by[static_cast<std::size_t>(door)];
  if (mine == std::numeric_limits<std::uint8_t>::max()) {
    // Full. How far doors are behind is what counts.
    constexpr std::uint8_t kLess = 128;
    for (std::uint8_t& times : entry->seen_by)
      times = times > kLess ? static_cast<std::uint8_t>(times - kLess) : std::uint8_t{0};
  }
  ++mine;
  entry->time = std::max(entry->time, to_seconds32(time));
  entry->seen = seen;
}

std::string Sightings::saved(Timestamp now) const {
  static_assert(std::is_trivially_copyable_v<Entry>);
  std::string bytes(kSavedAs);
  for (const Entry& entry : entries_) {
    if (entry.key == 0 || entry.time + kMemorySeconds <= to_seconds32(now)) continue;
    bytes.append(reinterpret_cast<const char*>(&entry), sizeof entry);
  }
  return bytes;
}

bool Sightings::restore(std::string_view bytes) {
  if (!bytes.starts_with(kSavedAs)) return false;
  bytes.remove_prefix(kSavedAs.size());
  if (bytes.size() % sizeof(Entry) != 0) return false;
  std::vector<Entry> found(bytes.size() / sizeof(Entry));
  if (!found.empty()) std::memcpy(found.data(), bytes.data(), bytes.size());
  const auto is_sound = [](const Entry& entry) {
    return entry.key != 0 && entry.seen.action <= Action::kReject && entry.seen.reply <= Reply::kPolicy &&
           entry.seen.by <= Door::kControl;
  };
  if (!std::ranges::all_of(found, is_sound)) return false;
  for (const Entry& entry : found) {
    Entry* const set = set_of(entry.key);
    Entry* const oldest =
        std::min_element(set, set + kWays, [](const Entry& a, const Entry& b) { return a.time < b.time; });
    if (oldest->time < entry.time) *oldest = entry;
  }
  return true;
}

}  // namespace postreeve
