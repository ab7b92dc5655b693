#include "store/memory_shared_counters.h"

#include <algorithm>
#include <vector>

#include "profile/habit.h"

namespace postreeve {
namespace {

constexpr Duration kFailureHalfLife = std::chrono::hours{12};

// Makes room by forgetting the half that was seen longest ago.
template <typename Map>
void forget_oldest_half(Map& map) {
  std::vector<std::uint32_t> seen;
  seen.reserve(map.size());
  for (const auto& [key, entry] : map) seen.push_back(entry.seen);
  const auto middle = seen.begin() + static_cast<std::ptrdiff_t>(seen.size() / 2);
  std::ranges::nth_element(seen, middle);
  const std::uint32_t limit = *middle;
  // Who floods us within one second must not make us forget everything of that second.
  auto among_equals = seen.size() / 2 - static_cast<std::size_t>(std::ranges::count_if(
                                            seen, [&](std::uint32_t time) { return time < limit; }));
  std::erase_if(map, [&](const auto& item) {
    if (item.second.seen != limit) return item.second.seen < limit;
    return among_equals > 0 && among_equals-- > 0;
  });
}

template <typename Map>
auto& entry_of(Map& map, std::uint64_t key, std::size_t most, Timestamp time) {
  if (map.size() >= most && !map.contains(key)) forget_oldest_half(map);
  auto& entry = map[key];
  entry.seen = std::max(entry.seen, to_seconds32(time));
  return entry;
}

std::uint64_t part_of(Timestamp time, Duration window, std::size_t slots) {
  const auto width = std::max<std::int64_t>(1, window.count() / static_cast<std::int64_t>(slots));
  return static_cast<std::uint64_t>(std::max<std::int64_t>(0, time.time_since_epoch().count()) / width);
}

}  // namespace

MemorySharedCounters::MemorySharedCounters(std::size_t most_entries)
    : most_in_shard_(std::max<std::size_t>(2, most_entries / kShards)),
      places_(most_entries, kPlaceSpans),
      texts_(most_entries / 4, kTextSpans),
      countries_(most_entries) {}

void MemorySharedCounters::turn(Network& network, std::uint16_t day) {
  if (day <= network.day) return;
  const bool next_day = day == network.day + 1;
  for (auto* sketches : {&network.failed, &network.succeeded}) {
    (*sketches)[day % 2] = {};
    if (!next_day) (*sketches)[(day + 1U) % 2] = {};
  }
  network.day = day;
}

NetworkSnapshot MemorySharedCounters::add_login(std::uint64_t network, std::uint64_t account, bool success,
                                                Timestamp time) {
  if (network == 0) return {};
  Shard& shard = shard_of(network);
  const std::scoped_lock lock(shard.mutex);
  // Most networks never fail: until one does there is nothing to remember of it.
  if (success && !shard.networks.contains(network)) return {};
  Network& entry = entry_of(shard.networks, network, most_in_shard_, time);
  turn(entry, day_of(time));
  const auto distinct = [](const std::array<HyperLogLog<5>, 2>& days) {
    HyperLogLog<5> both = days[0];
    both.merge(days[1]);
    return static_cast<float>(both.estimate());
  };
  NetworkSnapshot snapshot;
  snapshot.failures = static_cast<float>(entry.failures.value(time, kFailureHalfLife));
  if (snapshot.failures >
      0.01F) {  // else nothing was tried from here, and the sketches cost more than they tell
    snapshot.accounts_failed = distinct(entry.failed);
    snapshot.accounts_succeeded = distinct(entry.succeeded);
  }
  if (!success) entry.failures.add(time, 1, kFailureHalfLife);
  (success ? entry.succeeded : entry.failed)[entry.day % 2].add(account);
  return snapshot;
}

DestinationSnapshot MemorySharedCounters::add_delivery(std::uint64_t destination, bool refused,
                                                       Timestamp time) {
  if (destination == 0) return {};
  Shard& shard = shard_of(destination);
  const std::scoped_lock lock(shard.mutex);
  Destination& entry = entry_of(shard.destinations, destination, most_in_shard_, time);
  const DestinationSnapshot snapshot{static_cast<float>(entry.delivered.count(time)),
                                     static_cast<float>(entry.refused.count(time))};
  (refused ? entry.refused : entry.delivered).add(time);
  return snapshot;
}

std::uint32_t MemorySharedCounters::used(std::uint64_t limit_key, Duration window, Timestamp time) const {
  if (limit_key == 0) return 0;
  const Shard& shard = shard_of(limit_key);
  const std::scoped_lock lock(shard.mutex);
  const auto found = shard.usages.find(limit_key);
  if (found == shard.usages.end()) return 0;
  const Usage& usage = found->second;
  const std::uint64_t now = std::max(part_of(time, window, kSlots), usage.newest);
  std::uint32_t sum = 0;
  for (std::uint64_t age = 0; age < kSlots && age <= usage.newest; ++age) {
    if (now - (usage.newest - age) < kSlots) sum += usage.slots[(usage.newest - age) % kSlots];
  }
  return sum;
}

void MemorySharedCounters::use(std::uint64_t limit_key, Duration window, Timestamp time,
                               std::uint32_t amount) {
  if (limit_key == 0) return;
  Shard& shard = shard_of(limit_key);
  const std::scoped_lock lock(shard.mutex);
  Usage& usage = entry_of(shard.usages, limit_key, most_in_shard_, time);
  add_to(usage, part_of(time, window, kSlots), amount);
}

void MemorySharedCounters::add_to(Usage& usage, std::uint64_t part, std::uint32_t amount) {
  if (part > usage.newest) {
    const std::uint64_t passed = std::min<std::uint64_t>(part - usage.newest, kSlots);
    for (std::uint64_t i = 0; i < passed; ++i) usage.slots[(part - i) % kSlots] = 0;
    usage.newest = part;
  }
  if (usage.newest - part < kSlots) usage.slots[part % kSlots] += amount;
}

std::uint32_t MemorySharedCounters::add_restriction(Timestamp time) {
  const std::scoped_lock lock(restrictions_mutex_);
  restrictions_.add(time);
  latest_restriction_ = std::max(latest_restriction_.load(), to_seconds32(time));
  return restrictions_.count(time);
}

std::uint32_t MemorySharedCounters::restrictions(Timestamp time) const {
  // Asked at every event, and nearly always there was none: no lock for that.
  constexpr std::uint32_t kWindow = 3'600;
  const std::uint32_t latest = latest_restriction_.load(std::memory_order_relaxed);
  if (latest == 0 || to_seconds32(time) > latest + kWindow) return 0;
  const std::scoped_lock lock(restrictions_mutex_);
  return restrictions_.count(time);
}

TraitSnapshot MemorySharedCounters::look(TraitKey trait, TraitUser user, Timestamp time) const {
  if (is_text(trait)) return texts_.look(trait, user, time, &accusations_);
  return places_.look(trait, user, time);
}

void MemorySharedCounters::add_honest(TraitKey trait, TraitUser user, Timestamp time) {
  table_of(trait).add_honest(trait, user, time);
}

void MemorySharedCounters::add_stranger(TraitKey trait, TraitUser user, Timestamp time, bool sent) {
  table_of(trait).add_stranger(trait, user, time, sent);
}

void MemorySharedCounters::accuse(TraitKey trait, TraitUser user, Timestamp time, float weight) {
  if (trait.value == 0) return;
  table_of(trait).accuse(trait, user, time, weight);
  accusations_.add(user.account, trait, time);
}

void MemorySharedCounters::add_country(TraitUser user, std::uint16_t country) {
  countries_.add(user.tenant, country);
}

CountrySnapshot MemorySharedCounters::look_country(TraitUser user, std::uint16_t country) const {
  return countries_.look(user.tenant, country);
}

void MemorySharedCounters::settle_accusations(std::uint32_t account, bool confirmed) {
  for (const TraitKey& trait : accusations_.take(account)) table_of(trait).settle(trait, account, confirmed);
}

}  // namespace postreeve
