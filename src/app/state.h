// Everything that lasts, put together: records, counters, the ledger and its books.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <string>

#include "app/serving.h"
#include "app/shared_state.h"
#include "app/state_lock.h"
#include "base/keyed_hash.h"
#include "base/result.h"
#include "redis/redis_client.h"
#include "store/ledger/account_policy_book.h"
#include "store/ledger/activity_book.h"
#include "store/ledger/answer_book.h"
#include "store/ledger/audit_trail.h"
#include "store/ledger/clue_book.h"
#include "store/ledger/database.h"
#include "store/ledger/hourly_counts.h"
#include "store/ledger/incident_book.h"
#include "store/ledger/list_book.h"
#include "store/ledger/outbox.h"
#include "store/ledger/token_book.h"
#include "store/memory_shared_counters.h"
#include "store/sqlite_account_store.h"
#include "store/sqlite_counter_keeper.h"

namespace postreeve {

struct State {
  // Makes the directory, the file and the key when they are not there. Errors name the file.
  // `tell` hears what becomes of the ledger's server (LedgerOptions::tell). `redis_time_limit`: of one call.
  using Tell = std::function<void(bool is_bad, const std::string& what)>;
  [[nodiscard]] static Result<std::unique_ptr<State>> open(
      const Serving& serving, Tell tell = {},
      std::chrono::milliseconds redis_time_limit = RedisOptions{}.time_limit);

  // Writes everything that is only in memory; tells what could not be written.
  [[nodiscard]] Result<void> flush();
  // The books that collect in memory: counts, clues, activity.
  [[nodiscard]] Result<void> flush_books();

  // Returns once all that was asked of the ledger so far is on the disk or has failed, and is answered.
  void wait_for_the_ledger();

  // Of the records on this machine's disk; on Redis nothing waits to be written.
  [[nodiscard]] AccountStoreHealth health() const;

  State(StateLock taken, std::unique_ptr<LedgerDatabase> opened, const HashKey& secret);

  StateLock lock;  // given back last
  HashKey key;
  std::unique_ptr<LedgerDatabase> database;
  // Either what is shared with other machines, or this machine's own, of which null is what is not used.
  std::unique_ptr<SharedState> shared;
  std::unique_ptr<SqliteAccountStore> own_accounts;
  MemorySharedCounters own_counters;
  std::unique_ptr<SqliteCounterKeeper> counter_keeper;
  AccountStore* accounts = nullptr;    // of the two
  SharedCounters* counters = nullptr;  // likewise
  IncidentBook incidents;
  ListBook lists;
  AccountPolicyBook policies;
  HourlyCounts counts;
  ClueBook clues;
  ActivityBook activity;
  TokenBook tokens;
  AuditTrail audit;
  AnswerBook answers;
  Outbox outbox;

 private:
  [[nodiscard]] Result<void> use_own(const Serving& serving, const SharedTurn& turn);
  [[nodiscard]] Result<void> use_redis(const Serving& serving, std::chrono::milliseconds time_limit);
};

}  // namespace postreeve
