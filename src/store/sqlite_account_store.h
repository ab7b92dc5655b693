// Records on SQLite: judged in memory, written behind.
//
// What a crash may forget: a record is on its way to the disk half a second after it was touched, in batches
// of one transaction each, off the shards' locks. A killed process loses what was touched within the last
// second or so; a machine that loses its power, what was touched within the last half
// minute (synchronous = NORMAL). Standings and incidents are the ledger's, which lose nothing.
//
// A full disk or an I/O error loses nothing either: records stay in memory, and beyond the budget if they
// must, until the disk takes them. A record that cannot be read stops no mail: it is kept aside in
// account_record_corrupt, and the account is judged as new.
//
// Limits: one process per file. While the disk takes nothing, memory grows with the accounts that are used.
// Records in a standing other than clear are never given up.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "base/result.h"
#include "base/time.h"
#include "store/account_store.h"
#include "store/write_turn.h"

namespace postreeve {

struct SqliteAccountStoreOptions {
  std::string path = {};                     // made when it is not there; the ledger may share it
  std::uint64_t memory_bytes = 2ULL << 30U;  // of records with their index
  Duration write_after = Duration{500};      // how long a changed record waits, at least 1 ms
  std::uint32_t rows_a_batch = 256;          // then others may write: the ledger shares the file
  std::uint32_t most_pages = 0;              // of the file; 0: no bound but the disk
  SharedTurn turn = {};                      // of all who write into the file
  std::function<Duration()> monotonic = {};  // a clock that never goes back; empty: batches are not timed
};

struct AccountStoreHealth {
  Result<void> writing;        // the latest batch, or why it could not be written
  std::string last_fault;      // the latest record that could not be read; empty: none
  std::uint64_t resident = 0;  // records in memory
  std::uint64_t memory_bytes = 0;
  std::uint64_t dirty = 0;  // records not on the disk yet
  std::uint64_t written = 0;
  std::uint64_t loaded = 0;
  std::uint64_t evicted = 0;
  std::uint64_t corrupt = 0;
  std::uint64_t unread = 0;  // loads that failed: judged as new until the disk answers
  Duration last_batch{};
  Duration longest_batch{};
};

// Any thread.
class SqliteAccountStore final : public AccountStore {
 public:
  // Loads no record: a start takes as long with a million of them. kCorrupt when the file is damaged or of a
  // newer version, kUnavailable when the system says no.
  [[nodiscard]] static Result<std::unique_ptr<SqliteAccountStore>> open(SqliteAccountStoreOptions options);
  // Writes what is dirty; with a disk that takes nothing it is lost, after one attempt.
  ~SqliteAccountStore() override;

  // Never wait for a write; for a read when the account is not in memory.
  void update(const Hash128& account, RecordStep& step) override;
  [[nodiscard]] std::optional<AccountRecord> find(const Hash128& account) const override;
  [[nodiscard]] std::uint64_t size() const override;
  [[nodiscard]] std::uint64_t active() const override;

  // Waits until all that was learned before is on the disk, synced; or says why it is not.
  [[nodiscard]] Result<void> flush();

  [[nodiscard]] AccountStoreHealth health() const;

 private:
  struct Impl;
  explicit SqliteAccountStore(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace postreeve
