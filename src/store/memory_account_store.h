// Records in memory: for replays and tests, and the cache of the stores on disk.
#pragma once

#include <array>
#include <atomic>
#include <memory>
#include <mutex>
#include <unordered_map>

#include "store/account_store.h"

namespace postreeve {

// Shards with a lock each; records never move while a step runs. No bound: a replay
// wants every account. Any thread.
class MemoryAccountStore final : public AccountStore {
 public:
  void update(const Hash128& account, RecordStep& step) override;
  [[nodiscard]] std::optional<AccountRecord> find(const Hash128& account) const override;
  [[nodiscard]] std::uint64_t size() const override;
  [[nodiscard]] std::uint64_t active() const override { return active_.load(std::memory_order_relaxed); }

  // Bytes of all records with what they hold, without the index. Slow; for reports.
  [[nodiscard]] std::uint64_t memory_bytes() const;

 private:
  static constexpr std::size_t kShards = 64;

  struct Shard {
    mutable std::mutex mutex;
    std::unordered_map<Hash128, AccountRecord> records;
  };

  [[nodiscard]] Shard& shard_of(const Hash128& account) { return shards_[account.high % kShards]; }

  [[nodiscard]] const Shard& shard_of(const Hash128& account) const {
    return shards_[account.high % kShards];
  }

  std::array<Shard, kShards> shards_;
  std::atomic<std::uint64_t> active_{0};
};

}  // namespace postreeve
