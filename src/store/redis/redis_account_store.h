// Records on Redis: any number of nodes judge one account as one.
//
// A node keeps its last copy of a record, runs the step on it and writes the result under the condition that
// nobody wrote meanwhile (marked_value.h): one round trip. When somebody did, the answer is his record, and
// the step runs again on that. Steps of one account take turns in this process, so only other nodes
// interfere.
//
// While Redis does not answer, judging goes on with what is in memory. What was learned then is dropped when
// it answers again; a standing that was decided then is kept until Redis has taken it, and of two the more
// severe one stays. A Redis that lost records (restarted without persistence) gets back those that nodes have
// in memory, as their accounts are seen.
//
// A record that cannot be read stops no mail: it is kept aside for a month, and its account judged by the
// copy that this node has in memory, as new when it has none. One that a newer version wrote is left alone:
// its account is judged in memory, and health() says so.
//
// Limits: update() and find() wait for Redis, at most the client's time limit a question, update() also for
// the account's steps under way: call them where waiting harms nobody. How many accounts there are is off by
// those whose counting was lost on the way.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "base/result.h"
#include "profile/record_codec.h"
#include "redis/redis_client.h"
#include "store/account_store.h"

namespace postreeve {

struct RedisAccountStoreOptions {
  std::uint64_t memory_bytes = 512ULL << 20U;  // of copies with their index
  std::uint8_t newest_format = kRecordFormat;  // that this node knows; older: as an older version does
};

struct RedisStoreHealth {
  std::string last_fault;      // the latest record that could not be read; empty: none
  std::uint64_t resident = 0;  // copies in memory
  std::uint64_t memory_bytes = 0;
  std::uint64_t evicted = 0;
  std::uint64_t conflicts = 0;  // steps that ran again because another node had written
  std::uint64_t alone = 0;      // steps that were judged in memory only
  std::uint64_t dropped = 0;    // records whose learning was dropped after an outage
  std::uint64_t restored = 0;   // records that Redis had lost
  // Looks at such records: one of them may be looked at again and again.
  std::uint64_t corrupt = 0;  // that could not be read
  std::uint64_t damaged = 0;  // the same on all nodes, as of the latest refresh()
  std::uint64_t newer = 0;    // that a newer version wrote
  std::uint8_t format = 0;    // that is written
};

// Any thread.
class RedisAccountStore final : public AccountStore {
 public:
  // The client must outlive the store.
  explicit RedisAccountStore(RedisClient& client, RedisAccountStoreOptions options = {});
  ~RedisAccountStore() override;

  void update(const Hash128& account, RecordStep& step) override;
  // As Redis has it now, with what was decided here and is not there yet; the copy in memory while it does
  // not answer. One question; waits for a step of the account that is under way only when Redis does not
  // answer.
  [[nodiscard]] std::optional<AccountRecord> find(const Hash128& account) const override;
  // Others begin anew as well: what they have is not the latest writing any more.
  [[nodiscard]] Result<void> forget(const Hash128& account) override;
  // The copy in memory, and what Redis has not taken of it.
  void forget_here(const Hash128& account) override;
  // As of the latest refresh(), with what this node added since.
  [[nodiscard]] std::uint64_t size() const override;
  [[nodiscard]] std::uint64_t active() const override;

  // Asks how many accounts there are by now, and which record format all nodes know (shared_format.h); call
  // every second.
  [[nodiscard]] Result<void> refresh();

  [[nodiscard]] RedisStoreHealth health() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace postreeve
