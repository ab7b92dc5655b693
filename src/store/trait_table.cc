#include "store/trait_table.h"

#include <algorithm>
#include <bit>
#include <functional>
#include <iterator>

#include "base/keyed_hash.h"

namespace postreeve {
namespace {

// More than any shard has: whoever made bytes up is not given memory for them.
constexpr std::size_t kMostRead = std::size_t{1} << 20U;

// What mix64() made `x` of.
constexpr std::uint64_t unmix64(std::uint64_t x) noexcept {
  x = (x ^ (x >> 31) ^ (x >> 62)) * 0x319642b2d24d8ec3ULL;
  x = (x ^ (x >> 27) ^ (x >> 54)) * 0x96de1b173f119089ULL;
  return (x ^ (x >> 30) ^ (x >> 60)) - 0x9e3779b97f4a7c15ULL;
}
static_assert(unmix64(mix64(0)) == 0 && unmix64(mix64(0x0123456789abcdef)) == 0x0123456789abcdef);

}  // namespace

TraitTable::TraitTable(std::size_t most_traits, TraitSpans spans)
    : spans_(spans),
      most_in_shard_(std::bit_floor(std::max<std::size_t>(kFirstPlaces, most_traits / kShards))) {}

std::uint64_t TraitTable::key_of(TraitKey trait) noexcept {
  const std::uint64_t kind = static_cast<std::uint64_t>(trait.trait) + 1;
  return mix64(kind << 32 | trait.value);
}

TraitKey TraitTable::trait_of(std::uint64_t key) noexcept {
  const std::uint64_t bits = unmix64(key);
  return {static_cast<Trait>((bits >> 32) - 1), static_cast<std::uint32_t>(bits)};
}

const TraitTable::Entry* TraitTable::find(const Shard& shard, std::uint64_t key) noexcept {
  if (shard.entries.empty()) return nullptr;
  for (std::size_t i = 0; i < kProbes; ++i) {
    const Entry& entry = shard.entries[(key + i) & (shard.entries.size() - 1)];
    if (entry.key == key) return &entry;
  }
  return nullptr;
}

// What would be lost with the entry.
std::size_t TraitTable::worth(const Entry& entry, std::uint32_t now) noexcept {
  if (entry.key == 0 || now > entry.seen + kTraitMemorySeconds) return 0;
  return 1 + entry.accounts.worth();
}

TraitTable::Entry& TraitTable::entry_for(Shard& shard, std::uint64_t key, std::uint32_t now) {
  if (shard.entries.empty()) shard.entries.resize(kFirstPlaces);
  while (true) {
    Entry* least = nullptr;
    std::size_t least_worth = 0;
    for (std::size_t i = 0; i < kProbes; ++i) {
      Entry& entry = shard.entries[(key + i) & (shard.entries.size() - 1)];
      if (entry.key == key) {
        entry.seen = std::max(entry.seen, now);
        return entry;
      }
      const std::size_t this_worth = worth(entry, now);
      const bool is_less = least == nullptr || this_worth < least_worth ||
                           (this_worth == least_worth && entry.seen < least->seen);
      if (!is_less) continue;
      least = &entry;
      least_worth = this_worth;
    }
    if (least_worth == 0 || shard.entries.size() >= most_in_shard_) {
      *least = Entry{.key = key, .seen = now, .accounts = {}};
      return *least;
    }
    grow(shard);
  }
}

void TraitTable::grow(Shard& shard) {
  std::vector<Entry> old(2 * shard.entries.size());
  old.swap(shard.entries);
  for (const Entry& entry : old) {
    if (entry.key == 0) continue;
    for (std::size_t i = 0; i < kProbes; ++i) {
      Entry& place = shard.entries[(entry.key + i) & (shard.entries.size() - 1)];
      if (place.key != 0) continue;
      place = entry;
      break;
    }
  }
}

TraitSnapshot TraitTable::look(TraitKey trait, TraitUser user, Timestamp time,
                               const Accusations* accusations) const {
  if (trait.value == 0) return {};
  const std::uint64_t key = key_of(trait);
  const Shard& shard = shard_of(key);
  const std::scoped_lock lock(shard.mutex);
  const Entry* entry = find(shard, key);
  if (entry == nullptr) return {};
  if (accusations == nullptr) return entry->accounts.look(user, time, spans_);
  const auto is_accused = [&](std::uint32_t account) {
    return accusations->has(account, time, spans_.trial);
  };
  return entry->accounts.look(user, time, spans_, std::cref(is_accused));
}

template <typename Change>
void TraitTable::change(TraitKey trait, Timestamp time, Change change) {
  if (trait.value == 0) return;
  const std::uint64_t key = key_of(trait);
  Shard& shard = shard_of(key);
  const std::scoped_lock lock(shard.mutex);
  change(entry_for(shard, key, to_seconds32(time)).accounts);
}

void TraitTable::add_honest(TraitKey trait, TraitUser user, Timestamp time) {
  change(trait, time, [&](TraitEntry& accounts) { accounts.add_honest(user, time, spans_); });
}

void TraitTable::add_stranger(TraitKey trait, TraitUser user, Timestamp time, bool sent) {
  change(trait, time, [&](TraitEntry& accounts) { accounts.add_stranger(user, time, sent, spans_); });
}

void TraitTable::accuse(TraitKey trait, TraitUser user, Timestamp time, float weight) {
  change(trait, time, [&](TraitEntry& accounts) { accounts.accuse(user, time, weight, spans_); });
}

void TraitTable::settle(TraitKey trait, std::uint32_t account, bool confirmed) {
  const std::uint64_t key = key_of(trait);
  Shard& shard = shard_of(key);
  const std::scoped_lock lock(shard.mutex);
  const Entry* found = find(shard, key);
  if (found == nullptr) return;
  shard.entries[static_cast<std::size_t>(found - shard.entries.data())].accounts.settle(account, confirmed);
}

void TraitTable::each(const std::function<void(TraitKey, const TraitEntry&)>& on_trait) const {
  for (const Shard& shard : shards_) {
    const std::scoped_lock lock(shard.mutex);
    for (const Entry& entry : shard.entries) {
      if (entry.key != 0) on_trait(trait_of(entry.key), entry.accounts);
    }
  }
}

void TraitTable::put(TraitKey trait, const TraitEntry& users) {
  const std::uint64_t key = key_of(trait);
  Shard& shard = shard_of(key);
  const std::scoped_lock lock(shard.mutex);
  entry_for(shard, key, users.latest()).accounts = users;
}

void TraitTable::save(std::size_t shard_number, FieldWriter& writer) const {
  std::vector<Entry> entries;
  {
    const Shard& shard = shards_[shard_number];
    const std::scoped_lock lock(shard.mutex);
    std::ranges::copy_if(shard.entries, std::back_inserter(entries),
                         [](const Entry& entry) { return entry.key != 0; });
  }
  writer.list(entries, entries.size());
}

Result<void> TraitTable::load(FieldReader& reader) {
  std::vector<Entry> entries;
  reader.list(entries, kMostRead);
  if (Result<void> read = reader.finish(); !read) return read;
  for (const Entry& entry : entries) {
    if (entry.key == 0) continue;
    Shard& shard = shard_of(entry.key);
    const std::scoped_lock lock(shard.mutex);
    entry_for(shard, entry.key, entry.seen) = entry;
  }
  return {};
}

}  // namespace postreeve
