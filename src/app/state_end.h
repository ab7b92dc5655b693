// One end of a move: what a configuration's state holds, while nobody serves it (state_copy.h).
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "app/serving.h"
#include "app/state_lock.h"
#include "app/state_place.h"
#include "base/keyed_hash.h"
#include "base/result.h"
#include "redis/redis_client.h"
#include "store/ledger/database.h"
#include "store/memory_shared_counters.h"
#include "store/record_copy.h"
#include "store/redis/redis_use.h"

namespace postreeve {

// Errors say where. One thread.
class StateEnd {
 public:
  // Nothing is touched yet. The configuration must outlive it.
  explicit StateEnd(const Serving& serving);

  [[nodiscard]] const Serving& serving() const noexcept { return serving_; }
  [[nodiscard]] const StatePlace& place() const noexcept { return place_; }
  // For people: a file, a URL, "PostgreSQL db.example.org/postreeve".
  [[nodiscard]] const std::string& records_name() const noexcept { return place_.records; }
  [[nodiscard]] std::string ledger_name() const;

  // Keeps every `serve` of this machine away. kUnavailable: one is running. `makes`: makes the directory and
  // the lock's file; else what is not there needs no lock.
  [[nodiscard]] Result<void> lock(bool makes);
  // Hashes with this key; needed where records lie on Redis.
  [[nodiscard]] Result<void> use_key(const HashKey& key);
  // kUnavailable: a `serve` on another machine uses the Redis or the ledger's server, or one does not answer;
  // kConflict: the Redis was used with another key. May take three seconds.
  [[nodiscard]] Result<void> check_that_nobody_serves() const;

  // Without opening anything: nothing is made. As many as there are, 0 when there is nothing yet.
  [[nodiscard]] Result<std::uint64_t> records() const;
  [[nodiscard]] Result<std::uint64_t> ledger_rows() const;
  // Of a Redis: the marker of a copy into it that is not complete. Else empty.
  [[nodiscard]] Result<std::string> copy_into_redis() const;

  // Makes what is not there, and brings it up to date.
  [[nodiscard]] Result<RecordHome*> open_records();
  [[nodiscard]] Result<LedgerDatabase*> open_ledger();
  // Changes whenever a `serve` has used the state, on whatever machine. Requires the lock and, on a server,
  // the opened ledger.
  [[nodiscard]] Result<std::string> as_of() const;

  // A sentence for each part that cannot be read.
  [[nodiscard]] Result<std::vector<std::string>> read_counters(MemorySharedCounters& counters) const;
  // In the place of those there; how many things they are.
  [[nodiscard]] Result<std::uint64_t> write_counters(const MemorySharedCounters& counters) const;

  // A Redis says so to all machines until it is unmarked.
  [[nodiscard]] Result<void> mark_copy(const std::string& marker) const;
  [[nodiscard]] Result<void> unmark_copy() const;

 private:
  [[nodiscard]] bool is_on_redis() const { return !serving_.redis.empty(); }
  [[nodiscard]] bool is_on_server() const { return !serving_.ledger.connection.empty(); }
  [[nodiscard]] Result<RedisUse> redis_use() const;
  [[nodiscard]] Error named(Error error) const;

  const Serving& serving_;
  StatePlace place_;
  std::optional<StateLock> lock_;
  Hash128 fingerprint_;
  std::unique_ptr<RedisClient> redis_;
  std::unique_ptr<RecordHome> records_;
  std::unique_ptr<LedgerDatabase> ledger_;
};

}  // namespace postreeve
