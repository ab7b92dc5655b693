// Everything that lasts, put together: records, counters, the ledger and its books.
#pragma once

#include <memory>

#include "app/serving.h"
#include "app/state_lock.h"
#include "base/keyed_hash.h"
#include "base/result.h"
#include "store/ledger/account_policy_book.h"
#include "store/ledger/audit_trail.h"
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
  [[nodiscard]] static Result<std::unique_ptr<State>> open(const Serving& serving);

  // Writes everything that is only in memory; tells what could not be written.
  [[nodiscard]] Result<void> flush();

  State(StateLock taken, std::unique_ptr<LedgerDatabase> opened, std::unique_ptr<SqliteAccountStore> store,
        const HashKey& secret);

  StateLock lock;  // given back last
  HashKey key;
  std::unique_ptr<LedgerDatabase> database;
  std::unique_ptr<SqliteAccountStore> accounts;
  MemorySharedCounters counters;
  std::unique_ptr<SqliteCounterKeeper> counter_keeper;
  IncidentBook incidents;
  ListBook lists;
  AccountPolicyBook policies;
  HourlyCounts counts;
  TokenBook tokens;
  AuditTrail audit;
  Outbox outbox;
};

}  // namespace postreeve
