// The ledger's database: one writer that commits in groups, and readers.
//
// What the ledger holds must not be lost: a write is done when it is on the disk (synchronous = FULL). Writes
// that come while a commit is under way share the next one. The SQL is plain enough for SQLite and PostgreSQL
// (SOCI); the books beside this file (incident_book.h, lists.h, ...) are the tables and their meaning.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "base/result.h"

namespace soci {
class session;
}

namespace postreeve {

struct LedgerOptions {
  std::string path;                     // of the SQLite file; made when it is not there
  std::uint32_t most_waiting = 10'000;  // writes not committed yet; more are refused (kLimitExceeded)
};

// Any thread. Writes run on the ledger's own thread in the order in which they were asked for.
class LedgerDatabase {
 public:
  // What a write does within the group's transaction. A failure undoes only this write (a savepoint).
  using Work = std::move_only_function<Result<void>(soci::session&)>;
  // Runs on the ledger's thread once the write is on the disk or has failed; must not block.
  using Committed = std::move_only_function<void(const Result<void>&)>;

  // Opens or makes the file and brings its tables to this version (migrations.h). kCorrupt when it is no
  // ledger, was made by a newer version, or is damaged; kUnavailable when the system says no.
  [[nodiscard]] static Result<std::unique_ptr<LedgerDatabase>> open(const LedgerOptions& options);
  ~LedgerDatabase();  // commits what waits
  LedgerDatabase(const LedgerDatabase&) = delete;
  LedgerDatabase& operator=(const LedgerDatabase&) = delete;

  // Never blocks. With a full disk or a broken file `done` gets kUnavailable; the next write tries again.
  void write(Work work, Committed done);
  // Waits until the write is on the disk. Not from the ledger's thread.
  [[nodiscard]] Result<void> write(Work work);
  // Reads what is committed, beside the writer. Waits for a free reader.
  [[nodiscard]] Result<void> read(const std::function<Result<void>(soci::session&)>& work) const;

  // A consistent copy into a new file while everything goes on. kConflict when the file is there.
  [[nodiscard]] Result<void> backup(const std::string& file) const;

  [[nodiscard]] std::uint32_t waiting() const;  // writes not committed yet

 private:
  struct Impl;
  explicit LedgerDatabase(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace postreeve
