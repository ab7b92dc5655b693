// Records and shared counters on Redis, as `serve` uses them beside other machines.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>

#include "app/serving.h"
#include "base/keyed_hash.h"
#include "base/result.h"
#include "base/time.h"
#include "redis/redis_client.h"
#include "store/redis/redis_account_store.h"
#include "store/redis/redis_shared_counters.h"

namespace postreeve {

// A client of the Redis that the configuration names; talks to nobody yet. kInvalidInput: a password or
// certificate cannot be read.
[[nodiscard]] Result<std::unique_ptr<RedisClient>> make_redis_client(
    const Serving& serving, std::chrono::milliseconds time_limit = RedisOptions{}.time_limit);
// What says whose keyed hashes a Redis holds.
[[nodiscard]] Hash128 redis_fingerprint(const HashKey& key);

// Any thread.
class SharedState {
 public:
  // A Redis that does not answer is no reason not to start: it is used once it has shown that its records are
  // those of our key. kInvalidInput: a password or certificate cannot
  // be read; kConflict: other nodes hash names with another key. `time_limit`: of one call to Redis.
  [[nodiscard]] static Result<std::unique_ptr<SharedState>> open(
      const Serving& serving, const HashKey& key,
      std::chrono::milliseconds time_limit = RedisOptions{}.time_limit);

  [[nodiscard]] RedisAccountStore& accounts() { return accounts_; }
  [[nodiscard]] SharedCounters& counters() { return counters_; }

  // What has changed since it was called last.
  enum class Turn : std::uint8_t {
    kNone,
    kLost,
    kBack,
    kForgetful,  // it was gone for a moment, and may have forgotten what was written last
    kDamaged,    // a record could not be read, and may have begun anew without its standing
    kRefused,    // it is there with records that were written with another key: not used, why() says so
  };
  // Asks what all nodes have counted, and so whether Redis is there; call every second. One thread.
  [[nodiscard]] Turn tend(Timestamp now);

  // Why Redis is not used, or what it answered last.
  [[nodiscard]] std::string why() const;
  [[nodiscard]] RedisClient::Health connection() const { return client_->health(); }
  [[nodiscard]] RedisStoreHealth records() const { return accounts_.health(); }
  // For `status`, as JSON.
  [[nodiscard]] std::string status() const;

 private:
  SharedState(std::unique_ptr<RedisClient> client, const Hash128& fingerprint, std::uint64_t memory_bytes);

  // Makes sure that its records are ours; without that nothing is asked or written.
  [[nodiscard]] Result<void> claim();

  std::unique_ptr<RedisClient> client_;
  Hash128 fingerprint_;
  RedisAccountStore accounts_;
  RedisSharedCounters counters_;
  bool is_claimed_ = false;   // as of the latest answer
  bool is_refused_ = false;   // likewise
  bool is_there_ = true;      // as of the latest tend()
  std::uint64_t breaks_ = 0;  // likewise
  std::uint64_t damaged_;     // likewise: how many records all nodes have found so
};

}  // namespace postreeve
