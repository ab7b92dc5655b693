// A map that forgets what was not touched for longest when it is full.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <list>
#include <mutex>
#include <unordered_map>
#include <utility>

namespace postreeve {

// Keys must be well mixed and keyed: who can choose them can fill one shard. Any thread; calls for keys of
// one shard wait for each other.
template <typename Value>
class RecentTable {
 public:
  // Holds at least `most` entries less what the shards differ by, and never more.
  explicit RecentTable(std::size_t most) : most_of_shard_(most / kShards + 1) {}

  // Runs `step(Value&)` on the entry, made when it is not there; the oldest of the shard goes for it.
  template <typename Step>
  auto update(std::uint64_t key, Step&& step) {
    Shard& shard = shards_[key % kShards];
    const std::scoped_lock lock(shard.mutex);
    if (const auto found = shard.places.find(key); found != shard.places.end()) {
      shard.entries.splice(shard.entries.begin(), shard.entries, found->second);
    } else {
      if (shard.entries.size() >= most_of_shard_) {
        shard.places.erase(shard.entries.back().first);
        shard.entries.pop_back();
      }
      shard.entries.emplace_front(key, Value{});
      shard.places.emplace(key, shard.entries.begin());
    }
    return step(shard.entries.front().second);
  }

  // Returns `look(const Value&)` of the entry, an empty answer when there is none. Touches nothing.
  template <typename Look>
  auto look(std::uint64_t key, Look&& look) const -> decltype(look(std::declval<const Value&>())) {
    const Shard& shard = shards_[key % kShards];
    const std::scoped_lock lock(shard.mutex);
    const auto found = shard.places.find(key);
    if (found == shard.places.end()) return {};
    return look(std::as_const(found->second->second));
  }

  void erase(std::uint64_t key) {
    Shard& shard = shards_[key % kShards];
    const std::scoped_lock lock(shard.mutex);
    const auto found = shard.places.find(key);
    if (found == shard.places.end()) return;
    shard.entries.erase(found->second);
    shard.places.erase(found);
  }

  [[nodiscard]] std::size_t size() const {
    std::size_t size = 0;
    for (const Shard& shard : shards_) {
      const std::scoped_lock lock(shard.mutex);
      size += shard.entries.size();
    }
    return size;
  }

 private:
  static constexpr std::size_t kShards = 16;
  using Entries = std::list<std::pair<std::uint64_t, Value>>;  // latest first

  struct Shard {
    mutable std::mutex mutex;
    Entries entries;
    std::unordered_map<std::uint64_t, typename Entries::iterator> places;
  };

  std::size_t most_of_shard_;
  std::array<Shard, kShards> shards_;
};

}  // namespace postreeve
