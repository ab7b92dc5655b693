#include "store/trait_table.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <iterator>

#include "base/keyed_hash.h"
#include "sketch/decay.h"

namespace postreeve {
namespace {

// So long without a sign an account is no longer at home there, nor does an accusation count.
constexpr std::uint32_t kMemorySeconds = 45 * 86'400;
constexpr float kHundred = 100;
// More than any shard has: whoever made bytes up is not given memory for them.
constexpr std::size_t kMostRead = std::size_t{1} << 20U;

// What a stranger weighs whose account was accused elsewhere.
constexpr float kByAccount = 0.7F;

// Counts distinct tenants.
class Tenants {
 public:
  bool add(std::uint16_t tenant) noexcept {
    const auto end = tenants_.begin() + static_cast<std::ptrdiff_t>(size_);
    if (size_ == tenants_.size() || std::find(tenants_.begin(), end, tenant) != end) return false;
    tenants_[size_++] = tenant;
    return true;
  }

 private:
  std::array<std::uint16_t, 12> tenants_{};
  std::size_t size_ = 0;
};

std::uint32_t seconds_of(Duration duration) noexcept {
  return static_cast<std::uint32_t>(std::chrono::duration_cast<std::chrono::seconds>(duration).count());
}

std::uint16_t short_tenant(TraitUser user) noexcept {
  return static_cast<std::uint16_t>(user.tenant);
}

}  // namespace

TraitTable::TraitTable(std::size_t most_traits, Spans spans)
    : spans_(spans),
      most_in_shard_(std::bit_floor(std::max<std::size_t>(kFirstPlaces, most_traits / kShards))) {}

std::uint64_t TraitTable::key_of(TraitKey trait) noexcept {
  const std::uint64_t kind = static_cast<std::uint64_t>(trait.trait) + 1;
  return mix64(kind << 32 | trait.value);
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
  if (entry.key == 0 || now > entry.seen + kMemorySeconds) return 0;
  std::size_t worth = 1;
  for (const Slot& slot : entry.slots) {
    if (slot.role == Role::kAccused) worth += 8;
    if (slot.role == Role::kHonest) worth += 2;
    if (slot.role == Role::kStranger) worth += 1;
  }
  return worth;
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
      *least = Entry{.key = key, .seen = now};
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

TraitTable::Role TraitTable::role_at(const Slot& slot, std::uint32_t now) const noexcept {
  if (slot.role == Role::kNone || now > slot.time + kMemorySeconds) return Role::kNone;
  if (slot.role != Role::kStranger || now <= slot.time + seconds_of(spans_.trial)) return slot.role;
  return slot.weight > 0 ? Role::kHonest : Role::kNone;  // who only read has shown nothing
}

// The account's slot, or a free one, or the oldest of its role, or the oldest honest one.
TraitTable::Slot& TraitTable::slot_for(Entry& entry, Role role, TraitUser user,
                                       std::uint32_t now) const noexcept {
  std::array<std::size_t, 4> count{};
  std::array<Slot*, 4> oldest{};
  Slot* chosen = nullptr;
  for (Slot& slot : entry.slots) {
    const Role is = role_at(slot, now);
    const auto index = static_cast<std::size_t>(is);
    if (slot.role != Role::kNone && slot.account == user.account) chosen = &slot;
    if (is == Role::kNone) slot = {};
    ++count[index];
    if (oldest[index] == nullptr || slot.time < oldest[index]->time) oldest[index] = &slot;
  }
  const auto wanted = static_cast<std::size_t>(role);
  if (chosen == nullptr && count[wanted] < kMostOf[wanted]) chosen = oldest[0];
  if (chosen == nullptr) chosen = oldest[wanted];
  if (chosen == nullptr) chosen = oldest[static_cast<std::size_t>(Role::kHonest)];
  if (chosen == nullptr) chosen = &entry.slots.front();
  if (chosen->account != user.account) *chosen = {};
  chosen->account = user.account;
  chosen->tenant = short_tenant(user);
  return *chosen;
}

TraitSnapshot TraitTable::look(TraitKey trait, TraitUser user, Timestamp time,
                               const Accusations* accusations) const {
  TraitSnapshot snapshot;
  if (trait.value == 0) return snapshot;
  const std::uint64_t key = key_of(trait);
  const Shard& shard = shard_of(key);
  const std::scoped_lock lock(shard.mutex);
  const Entry* entry = find(shard, key);
  if (entry == nullptr) return snapshot;
  const std::uint32_t now = to_seconds32(time);
  Tenants tenants;
  for (const Slot& slot : entry->slots) {
    Role role = role_at(slot, now);
    if (role == Role::kNone) continue;
    if (slot.account == user.account) {
      snapshot.is_own = role == Role::kHonest;
      continue;
    }
    float weight = static_cast<float>(slot.weight) / kHundred;
    if (role == Role::kStranger && accusations != nullptr &&
        accusations->has(slot.account, time, spans_.trial)) {
      role = Role::kAccused;
      weight = kByAccount;
    }
    const bool is_colleague = slot.tenant == short_tenant(user);
    if (role == Role::kHonest) {
      ++snapshot.honest;
      if (is_colleague) ++snapshot.colleagues;
    } else if (role == Role::kStranger) {
      if (!is_colleague && tenants.add(slot.tenant)) ++snapshot.strangers;
    } else {
      const std::uint32_t age = now - std::min(now, slot.time);
      const float guilt = weight * static_cast<float>(decay_factor(age, spans_.half_life));
      ++snapshot.victims;
      snapshot.guilt += guilt;
      const bool is_confirmed = slot.weight >= 2 * kHundred;
      if (is_colleague && !is_confirmed) snapshot.guilt_of_colleagues += guilt;
    }
  }
  return snapshot;
}

void TraitTable::add_honest(TraitKey trait, TraitUser user, Timestamp time) {
  if (trait.value == 0) return;
  const std::uint64_t key = key_of(trait);
  const std::uint32_t now = to_seconds32(time);
  Shard& shard = shard_of(key);
  const std::scoped_lock lock(shard.mutex);
  Slot& slot = slot_for(entry_for(shard, key, now), Role::kHonest, user, now);
  if (slot.role == Role::kAccused) return;  // that ends by fading, or by a person
  slot.role = Role::kHonest;
  slot.time = std::max(slot.time, now);
}

void TraitTable::add_stranger(TraitKey trait, TraitUser user, Timestamp time, bool sent) {
  if (trait.value == 0) return;
  const std::uint64_t key = key_of(trait);
  const std::uint32_t now = to_seconds32(time);
  Shard& shard = shard_of(key);
  const std::scoped_lock lock(shard.mutex);
  Slot& slot = slot_for(entry_for(shard, key, now), Role::kStranger, user, now);
  if (slot.role == Role::kAccused) return;
  if (role_at(slot, now) == Role::kHonest) {
    slot.role = Role::kHonest;
    slot.time = std::max(slot.time, now);
    return;
  }
  slot.time = slot.role == Role::kStranger ? std::min(slot.time, now) : now;
  slot.role = Role::kStranger;
  slot.weight = sent || slot.weight > 0 ? 1 : 0;
}

void TraitTable::accuse(TraitKey trait, TraitUser user, Timestamp time, float weight) {
  if (trait.value == 0) return;
  const std::uint64_t key = key_of(trait);
  const std::uint32_t now = to_seconds32(time);
  Shard& shard = shard_of(key);
  const std::scoped_lock lock(shard.mutex);
  Slot& slot = slot_for(entry_for(shard, key, now), Role::kAccused, user, now);
  const auto hundredths = static_cast<std::uint8_t>(std::lround(std::clamp(weight, 0.0F, 2.0F) * kHundred));
  slot.weight = slot.role == Role::kAccused ? std::max(slot.weight, hundredths) : hundredths;
  slot.role = Role::kAccused;
  slot.time = std::max(slot.time, now);
}

void TraitTable::settle(TraitKey trait, std::uint32_t account, bool confirmed) {
  const std::uint64_t key = key_of(trait);
  Shard& shard = shard_of(key);
  const std::scoped_lock lock(shard.mutex);
  const Entry* found = find(shard, key);
  if (found == nullptr) return;
  Entry& entry = shard.entries[static_cast<std::size_t>(found - shard.entries.data())];
  for (Slot& slot : entry.slots) {
    if (slot.role != Role::kAccused || slot.account != account) continue;
    if (confirmed) slot.weight = static_cast<std::uint8_t>(2 * kHundred);
    if (!confirmed) slot.role = Role::kHonest;
  }
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
