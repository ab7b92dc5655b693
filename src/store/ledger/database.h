// The ledger's database: one writer that commits in groups, and readers.
//
// What the ledger holds must not be lost: a write is done when it is on the disk (synchronous = FULL). Writes
// that come while a commit is under way share the next one. The SQL is plain enough for SQLite and PostgreSQL
// (SOCI); the books beside this file (incident_book.h, list_book.h, ...) are the tables and their meaning.
//
// A SQLite file may be used by others too (the records of accounts): their locks are waited for. Open the
// ledger before them, so that it sees whether the last user of the file was killed.
//
// On PostgreSQL several nodes share one ledger. While it is away, what must not be lost is spooled: written
// into a SQLite file of the node and brought over, once and in order, when it is back (server_link.h).
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>

#include "base/result.h"
#include "mail/account_id.h"
#include "store/ledger/postgresql_session.h"
#include "store/write_turn.h"

namespace soci {
class session;
}

namespace postreeve {

// A write as it waits for PostgreSQL, in words that a later version understands too (spool.h).
struct SpooledWrite {
  std::string kind;
  std::string body;
  // Concerns a row that only the server has: nothing to be done on the spool's own tables.
  bool is_elsewhere = false;
  // Whoever wrote it keeps it while the server is away, and would write it again: waits in the spool only
  // when the server fell silent at its commit and may have it.
  bool is_kept = false;
};

// Whom other nodes see (`cluster status`).
struct LedgerNode {
  std::string name;
  std::string version;
};

struct LedgerOptions {
  // Of the SQLite file; made (mode 0600) when it is not there. With a server: of the spool.
  std::string path;
  PostgresqlServer server = {};  // without a connection the file is the ledger
  LedgerNode node = {};
  // Told when the server goes away, comes back, or takes something no more. From any thread.
  std::function<void(bool is_bad, const std::string& what)> tell = {};
  std::uint32_t most_waiting = 10'000;  // writes not committed yet; more are refused (kLimitExceeded)
  std::uint32_t readers = 3;            // reads that may go on side by side
  SharedTurn turn = {};                 // of all who write into the file
  std::uint32_t most_pages = 0;  // of 4 KiB that the file may take, 0: no bound. For tests of a full disk
};

struct LedgerHealth {
  bool has_server = false;
  bool is_up = true;
  std::uint64_t spooled = 0;  // writes that wait for the server
  std::uint64_t brought = 0;  // that were brought over since the start
  std::uint64_t dropped = 0;  // that the server, when it was back, did not take
  std::string trouble;        // why it is not up
};

// What a node wants to know of others' changes. What they throw counts as an error.
struct LedgerFollowing {
  // Standings with a later `version` than this have changed; asked again after an error.
  std::function<Result<void>(std::uint64_t version)> standings = {};
  // Lists or policies have changed.
  std::function<Result<void>()> rules = {};
  // People have forgotten these accounts: nothing of them that is only in memory may come into the ledger.
  std::function<Result<void>(std::span<const AccountId>)> forgotten = {};
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
  // kUnavailable when the system says no. A server that is away is no error: see health().
  [[nodiscard]] static Result<std::unique_ptr<LedgerDatabase>> open(const LedgerOptions& options);
  ~LedgerDatabase();  // commits what waits
  LedgerDatabase(const LedgerDatabase&) = delete;
  LedgerDatabase& operator=(const LedgerDatabase&) = delete;

  // Never blocks. With a full disk or a broken file `done` gets kUnavailable, and so it does when somebody
  // else keeps the file locked for longer than six seconds; the next write tries again.
  // With the server away, a write that says how it is spooled is done when it is spooled; one that does not,
  // or is kept elsewhere, gets kUnavailable. `work` is then carried out on the spool's own tables too, which
  // readers see meanwhile.
  void write(Work work, Committed done, std::optional<SpooledWrite> spooled = {});
  // Waits until the write is on the disk. kConflict from the ledger's thread, which cannot wait for itself.
  [[nodiscard]] Result<void> write(Work work, std::optional<SpooledWrite> spooled = {});
  // Reads what is committed, beside the writer: all that `work` reads is of one moment. Waits for a free
  // reader. `work` must not call read() again.
  [[nodiscard]] Result<void> read(const std::function<Result<void>(soci::session&)>& work) const;

  // A consistent copy into a new file (mode 0600) while everything goes on; it appears under its name when it
  // is complete and on the disk. kConflict when the file is there.
  [[nodiscard]] Result<void> backup(const std::string& file) const;

  [[nodiscard]] std::uint32_t waiting() const;  // writes not committed yet
  [[nodiscard]] LedgerHealth health() const;

  // Tells of others' changes (and of our own) from a thread of its own: within a second, mostly at once.
  // Ends with stop_following(). Without a server nobody else changes anything.
  void follow(LedgerFollowing following);
  void stop_following();
  // Whether this node is the one that does what is to be done once for all nodes: one has the duty at a time,
  // another one soon after it is gone. Always, without a server.
  [[nodiscard]] bool has_duty() const;
  // False for some seconds after the server came back: other nodes are still bringing over what they did
  // meanwhile, and what looks undone may be done.
  [[nodiscard]] bool is_settled() const;
  // The name of this node in columns; "" without a server.
  [[nodiscard]] const std::string& node() const;

 private:
  struct Impl;
  explicit LedgerDatabase(std::unique_ptr<Impl> impl);
  [[nodiscard]] static Result<std::unique_ptr<LedgerDatabase>> open_file(const LedgerOptions& options);
  [[nodiscard]] static Result<std::unique_ptr<LedgerDatabase>> open_server(const LedgerOptions& options);
  std::unique_ptr<Impl> impl_;
};

}  // namespace postreeve
