// Records of a RecordTable in memory: loaded when first touched, given up when memory runs short.
//
// Shards with a lock each. A record is loaded under its shard's lock, so that its steps stay exact; others'
// steps wait only when they share the shard. What changed is dirty until it was taken, written and settled;
// who writes holds no lock while he does.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <mutex>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "store/account_store.h"
#include "store/record_table.h"

namespace postreeve {

// Seconds: when the owner or a stranger was seen last; 0: never.
[[nodiscard]] std::uint32_t latest_event(const AccountRecord& record) noexcept;

class RecordCache {
 public:
  struct Stats {
    std::uint64_t resident = 0;  // records in memory
    std::uint64_t bytes = 0;     // they and their index take
    std::uint64_t dirty = 0;     // not on the disk yet
    std::uint64_t loaded = 0;
    std::uint64_t evicted = 0;
    std::uint64_t corrupt = 0;  // could not be read and were judged as new
    std::uint64_t unread = 0;   // loads that failed; judged as new until the disk answers
  };

  RecordCache(const RecordTable& table, std::uint64_t most_bytes);

  // Any thread (AccountStore's promises).
  void update(const Hash128& account, RecordStep& step);
  [[nodiscard]] std::optional<AccountRecord> find(const Hash128& account) const;
  [[nodiscard]] std::uint64_t size() const { return accounts_.load(std::memory_order_relaxed); }
  [[nodiscard]] std::uint64_t active() const { return active_.load(std::memory_order_relaxed); }
  [[nodiscard]] Stats stats() const;
  // What was wrong with the latest record that could not be read; empty: nothing yet.
  [[nodiscard]] std::string last_fault() const;

  // The writer's side, one thread. How many shards there are, and which are dirty right now.
  [[nodiscard]] static constexpr std::size_t shards() { return kShards; }
  [[nodiscard]] std::size_t dirty_in(std::size_t shard) const;
  // Appends up to `most` dirty records of the shard as rows; each take holds the lock for some microseconds a
  // row. They stay in memory until they are settled.
  void take(std::size_t shard, std::size_t most, std::vector<RowToWrite>& rows);
  // They were written, with their numbers of rows; or not, and are dirty again.
  void settle(const std::vector<RowToWrite>& rows, bool written);

 private:
  static constexpr std::size_t kShards = 64;

  struct Entry {
    AccountRecord record;
    const Hash128* account = nullptr;
    Entry* newer = nullptr;
    Entry* older = nullptr;
    std::int64_t row = 0;     // 0: not stored yet
    std::uint32_t bytes = 0;  // of the record, when last looked at
    bool is_dirty = false;
    bool is_taken = false;    // is being written
    bool is_unread = false;   // the disk did not answer: nothing of it is written
    bool is_corrupt = false;  // what is stored must be kept aside
    bool is_active = false;   // is counted so
    bool was_active = false;  // is stored so
  };
  struct Shard {
    mutable std::mutex mutex;
    std::unordered_map<Hash128, Entry> entries;
    std::vector<Hash128> dirty;  // each once, in the order in which they became so
    Entry* newest = nullptr;
    Entry* oldest = nullptr;
    std::uint64_t bytes = 0;
  };

  [[nodiscard]] Shard& shard_of(const Hash128& account) { return shards_[account.high % kShards]; }
  [[nodiscard]] const Shard& shard_of(const Hash128& account) const {
    return shards_[account.high % kShards];
  }
  Entry& entry_of(Shard& shard, const Hash128& account);
  void load(Entry& entry);
  void accept(Entry& entry, const StoredRecord& stored);
  void note_fault(std::string fault);
  void mark_dirty(Shard& shard, Entry& entry);
  void evict(Shard& shard);
  static void unlink(Shard& shard, Entry& entry);
  static void link_newest(Shard& shard, Entry& entry);

  const RecordTable& table_;
  std::uint64_t most_bytes_in_shard_;
  std::array<Shard, kShards> shards_;
  std::atomic<std::uint64_t> accounts_;
  std::atomic<std::uint64_t> active_;
  std::atomic<std::uint64_t> dirty_{0};
  std::atomic<std::uint64_t> loaded_{0};
  std::atomic<std::uint64_t> evicted_{0};
  std::atomic<std::uint64_t> corrupt_{0};
  std::atomic<std::uint64_t> unread_{0};
  mutable std::mutex fault_mutex_;
  std::string last_fault_;
};

}  // namespace postreeve
