// What this node last saw of accounts' records in Redis, within a budget of memory.
//
// A record is taken out while it is worked on and put back afterwards; whoever works on an account holds its
// turn (redis_account_store.cc), so nobody misses it.
#pragma once

#include <array>
#include <cstdint>
#include <list>
#include <mutex>
#include <optional>
#include <string>
#include <unordered_map>

#include "base/keyed_hash.h"
#include "profile/account_record.h"

namespace postreeve {

// Any thread.
class NodeCache {
 public:
  struct Kept {
    Hash128 account;
    AccountRecord record;
    std::string mark;         // of the writing in Redis that it is; empty: nothing is there
    bool is_seen = false;     // else Redis was not asked yet
    bool is_adrift = false;   // changed while Redis did not answer: to be dropped when it does
    bool is_damaged = false;  // what Redis has cannot be read
    bool was_active = false;  // as it is in Redis
    Standing standing;        // likewise
    // Decided here, and Redis has not taken it yet.
    std::optional<Standing> undelivered = {};
  };
  // One element.
  using Taken = std::list<Kept>;

  explicit NodeCache(std::uint64_t most_bytes) : most_bytes_in_shard_(most_bytes / kShards) {}

  // The account's record; a new one, not seen yet, when there is none. put() or drop() it.
  [[nodiscard]] Taken take(const Hash128& account);
  // Keeps it; others that were used longest ago go, but never one with a standing.
  void put(Taken taken) noexcept;
  // Forgets it.
  void drop(const Taken& taken) noexcept;
  // As it was put back last, also while it is taken.
  [[nodiscard]] std::optional<Standing> undelivered(const Hash128& account) const;

  struct Stats {
    std::uint64_t resident = 0;
    std::uint64_t bytes = 0;
    std::uint64_t evicted = 0;
  };
  [[nodiscard]] Stats stats() const;

 private:
  static constexpr std::size_t kShards = 64;

  struct Place {
    Taken::iterator record;  // may be taken
    std::optional<Standing> undelivered;
  };
  struct Shard {
    mutable std::mutex mutex;
    Taken records;  // the latest first
    std::unordered_map<Hash128, Place> places;
    std::uint64_t bytes = 0;
    std::uint64_t evicted = 0;
  };

  [[nodiscard]] Shard& shard_of(const Hash128& account) { return shards_[account.high % kShards]; }
  [[nodiscard]] const Shard& shard_of(const Hash128& account) const {
    return shards_[account.high % kShards];
  }
  void evict(Shard& shard);

  std::uint64_t most_bytes_in_shard_;
  std::array<Shard, kShards> shards_;
};

}  // namespace postreeve
