// Shared counters as items and back: what moves house with them.
#include <algorithm>
#include <array>
#include <map>

#include "store/memory_shared_counters.h"

namespace postreeve {
namespace {

// A new entry, or null when there is no room for it.
template <typename Map>
typename Map::mapped_type* entry_for(Map& map, std::uint64_t key, std::size_t most) {
  if (map.size() >= most && !map.contains(key)) return nullptr;
  return &map[key];
}

// Every bucket in which something happened.
template <std::uint32_t kWidth, std::uint32_t kBuckets, typename OnBucket>
void each_bucket(const WindowCount<kWidth, kBuckets>& count, OnBucket on_bucket) {
  const auto look = [&](std::uint32_t newest, const std::array<std::uint16_t, kBuckets>& slots) {
    for (std::uint32_t age = 0; age < kBuckets && age <= newest; ++age) {
      const std::uint32_t bucket = newest - age;
      const std::uint16_t amount = slots[bucket % kBuckets];
      const auto start = from_seconds32(bucket * WindowCount<kWidth, kBuckets>::kBucketSeconds);
      if (amount > 0) on_bucket(start, std::uint32_t{amount});
    }
  };
  WindowCount<kWidth, kBuckets>::fields(count, look);
}

}  // namespace

void MemorySharedCounters::each_of(const Shard& shard, const OnCounterItem& on_item) const {
  const std::scoped_lock lock(shard.mutex);
  for (const auto& [key, network] : shard.networks) {
    const Timestamp time = network.failures.latest();
    const auto failures = static_cast<float>(network.failures.value(time, std::chrono::hours{1}));
    on_item(NetworkFailures{key, failures, time});
  }
  for (const auto& [key, destination] : shard.destinations) {
    std::map<Timestamp, DestinationAnswers> answers;
    each_bucket(destination.delivered,
                [&](Timestamp start, std::uint32_t count) { answers[start].delivered = count; });
    each_bucket(destination.refused,
                [&](Timestamp start, std::uint32_t count) { answers[start].refused = count; });
    for (const auto& [start, answer] : answers)
      on_item(DestinationAnswers{key, start, answer.delivered, answer.refused});
  }
  for (const auto& [key, usage] : shard.usages) {
    const Duration width = width_of_parts(usage.newest, from_seconds32(usage.seen));
    for (std::uint64_t age = 0; age < kSlots && age <= usage.newest; ++age) {
      const std::uint64_t part = usage.newest - age;
      if (usage.slots[part % kSlots] > 0) on_item(LimitUse{key, part, usage.slots[part % kSlots], width});
    }
  }
}

void MemorySharedCounters::each(const OnCounterItem& on_item) const {
  for (const Shard& shard : shards_) each_of(shard, on_item);
  for (const TraitTable* table : {&places_, &texts_})
    table->each([&](TraitKey trait, const TraitEntry& users) { on_item(TraitUsers{trait, users}); });
  accusations_.each([&](std::uint32_t account, Timestamp latest, std::span<const TraitKey> traits) {
    on_item(AccountAccusations{account, latest, {traits.begin(), traits.end()}});
  });
  countries_.each(
      [&](std::optional<std::uint32_t> tenant, std::uint32_t all, const CountryCounts::Counts& countries) {
        on_item(CountriesUsed{tenant, all, countries});
      });
  const std::scoped_lock lock(restrictions_mutex_);
  each_bucket(restrictions_,
              [&](Timestamp start, std::uint32_t count) { on_item(Restrictions{start, count}); });
}

void MemorySharedCounters::put(const CounterItem& item) {
  std::visit([this](const auto& one) { put_item(one); }, item);
}

void MemorySharedCounters::put_item(const NetworkFailures& item) {
  Shard& shard = shard_of(item.network);
  const std::scoped_lock lock(shard.mutex);
  Network* entry = entry_for(shard.networks, item.network, most_in_shard_);
  if (entry == nullptr) return;
  entry->seen = to_seconds32(item.time);
  entry->failures = {};
  entry->failures.add(item.time, item.failures, std::chrono::hours{1});
}

void MemorySharedCounters::put_item(const DestinationAnswers& item) {
  Shard& shard = shard_of(item.destination);
  const std::scoped_lock lock(shard.mutex);
  Destination* entry = entry_for(shard.destinations, item.destination, most_in_shard_);
  if (entry == nullptr) return;
  entry->seen = std::max(entry->seen, to_seconds32(item.start));
  if (item.delivered > 0) entry->delivered.add(item.start, item.delivered);
  if (item.refused > 0) entry->refused.add(item.start, item.refused);
}

void MemorySharedCounters::put_item(const LimitUse& item) {
  Shard& shard = shard_of(item.limit);
  const std::scoped_lock lock(shard.mutex);
  Usage* entry = entry_for(shard.usages, item.limit, most_in_shard_);
  if (entry == nullptr) return;
  const Timestamp start{item.width * static_cast<std::int64_t>(item.part)};
  entry->seen = std::max(entry->seen, to_seconds32(start));
  add_to(*entry, item.part, item.amount);
}

void MemorySharedCounters::put_item(const TraitUsers& item) {
  table_of(item.trait).put(item.trait, item.users);
}

void MemorySharedCounters::put_item(const AccountAccusations& item) {
  for (const TraitKey& trait : item.traits) accusations_.add(item.account, trait, item.latest);
}

void MemorySharedCounters::put_item(const CountriesUsed& item) {
  countries_.put(item.tenant, item.all, item.countries);
}

void MemorySharedCounters::put_item(const Restrictions& item) {
  const std::scoped_lock lock(restrictions_mutex_);
  restrictions_.add(item.start, item.count);
  latest_restriction_ = std::max(latest_restriction_.load(), to_seconds32(item.start) + 600U - 1);
}

}  // namespace postreeve
