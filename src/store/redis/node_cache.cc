#include "store/redis/node_cache.h"

#include <utility>

namespace postreeve {
namespace {

// What the index, the list and the allocator take beside the record.
constexpr std::uint64_t kBytesBeside = 230;
// How many are looked at, at most, when memory runs short: nobody waits for the others' past.
constexpr int kMostLooks = 16;

std::uint64_t bytes_of(const NodeCache::Kept& kept) {
  return memory_bytes(kept.record) + kBytesBeside;
}

}  // namespace

NodeCache::Taken NodeCache::take(const Hash128& account) {
  Taken taken;
  Shard& shard = shard_of(account);
  const std::scoped_lock lock(shard.mutex);
  const auto found = shard.places.find(account);
  if (found != shard.places.end()) {
    shard.bytes -= bytes_of(*found->second.record);
    taken.splice(taken.begin(), shard.records, found->second.record);
  } else {
    taken.emplace_back().account = account;
    shard.places.emplace(account, Place{taken.begin(), {}});
  }
  return taken;
}

// Its place was made when it was taken, so that nothing can fail here.
void NodeCache::put(Taken taken) noexcept {
  Shard& shard = shard_of(taken.front().account);
  const std::scoped_lock lock(shard.mutex);
  shard.bytes += bytes_of(taken.front());
  shard.places.find(taken.front().account)->second.undelivered = taken.front().undelivered;
  shard.records.splice(shard.records.begin(), taken);
  evict(shard);
}

void NodeCache::drop(const Taken& taken) noexcept {
  Shard& shard = shard_of(taken.front().account);
  const std::scoped_lock lock(shard.mutex);
  shard.places.erase(taken.front().account);
}

std::optional<Standing> NodeCache::undelivered(const Hash128& account) const {
  const Shard& shard = shard_of(account);
  const std::scoped_lock lock(shard.mutex);
  const auto found = shard.places.find(account);
  return found == shard.places.end() ? std::nullopt : found->second.undelivered;
}

void NodeCache::evict(Shard& shard) {
  for (int looks = 0; looks < kMostLooks && shard.bytes > most_bytes_in_shard_; ++looks) {
    const auto oldest = std::prev(shard.records.end());
    if (oldest == shard.records.begin()) return;
    if (oldest->record.standing.level != Level::kClear) {
      shard.records.splice(shard.records.begin(), shard.records, oldest);
      continue;
    }
    shard.bytes -= bytes_of(*oldest);
    shard.places.erase(oldest->account);
    shard.records.erase(oldest);
    ++shard.evicted;
  }
}

NodeCache::Stats NodeCache::stats() const {
  Stats stats;
  for (const Shard& shard : shards_) {
    const std::scoped_lock lock(shard.mutex);
    stats.resident += shard.records.size();
    stats.bytes += shard.bytes;
    stats.evicted += shard.evicted;
  }
  return stats;
}

}  // namespace postreeve
