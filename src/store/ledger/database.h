// The ledger's database: one writer that commits in groups, and readers.
//
// What the ledger holds must not be lost: a write is done when it is on the disk (synchronous = FULL). Writes
// that come while a commit is under way share the next one. The SQL is plain enough for SQLite and PostgreSQL
// (SOCI); the books beside this file (incident_book.h, list_book.h, ...) are the tables and their meaning.
//
// The file may be used by others too (the records of accounts): their locks are waited for. Open the ledger
// before them, so that it sees whether the last user of the file was killed.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "base/result.h"
#include "store/write_turn.h"

namespace soci {
class session;
}

namespace postreeve {

struct LedgerOptions {
  std::string path;                     // of the SQLite file; made (mode 0600) when it is not there
  std::uint32_t most_waiting = 10'000;  // writes not committed yet; more are refused (kLimitExceeded)
  std::uint32_t readers = 3;            // reads that may go on side by side
  SharedTurn turn = {};                 // of all who write into the file
  std::uint32_t most_pages = 0;  // of 4 KiB that the file may take, 0: no bound. For tests of a full disk
};

// Any thread. Writes run on the ledger's own thread in the order in which they were asked for.
class LedgerDatabase {
 public:
  // What a write does within the group's transaction. A failure (an error, or what SOCI throws) undoes only
  // this write (a savepoint). Called again when the group's transaction failed as a whole: it must not use
  // up what it captured.
  using Work = std::move_only_function<Result<void>(soci::session&)>;
  // Runs on the ledger's thread once the write is on the disk or has failed; must not block. Runs in the
  // caller's thread when the write is refused.
  using Committed = std::move_only_function<void(const Result<void>&)>;

  // Opens or makes the file and brings its tables to this version (migrations.h). kCorrupt when it is no
  // ledger, was made by a newer version, or is damaged (looked at when whoever had it open last was killed);
  // kUnavailable when the system says no.
  [[nodiscard]] static Result<std::unique_ptr<LedgerDatabase>> open(const LedgerOptions& options);
  ~LedgerDatabase();  // commits what waits
  LedgerDatabase(const LedgerDatabase&) = delete;
  LedgerDatabase& operator=(const LedgerDatabase&) = delete;

  // Never blocks. With a full disk or a broken file `done` gets kUnavailable, and so it does when somebody
  // else keeps the file locked for longer than five seconds; the next write tries again.
  void write(Work work, Committed done);
  // Waits until the write is on the disk. kConflict from the ledger's thread, which cannot wait for itself.
  [[nodiscard]] Result<void> write(Work work);
  // Reads what is committed, beside the writer: all that `work` reads is of one moment. Waits for a free
  // reader. `work` must not call read() again.
  [[nodiscard]] Result<void> read(const std::function<Result<void>(soci::session&)>& work) const;

  // A consistent copy into a new file (mode 0600) while everything goes on; it appears under its name when it
  // is complete and on the disk. kConflict when the file is there.
  [[nodiscard]] Result<void> backup(const std::string& file) const;

  [[nodiscard]] std::uint32_t waiting() const;  // writes not committed yet

 private:
  struct Impl;
  explicit LedgerDatabase(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace postreeve
