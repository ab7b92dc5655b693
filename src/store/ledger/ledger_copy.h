// A whole ledger from one database into another, of either kind: moving house to PostgreSQL, and back.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "store/ledger/database.h"

namespace postreeve {

// Told after every part: of which table, and how many of its rows are copied by now.
using CopyProgress = std::function<void(std::string_view table, std::uint64_t rows)>;

// Copies every row of what the books hold; the nodes that share a ledger are its server's own. What `to` has
// besides stays, rows of the same key take the new values. A copy that broke off goes on behind its last part
// when it is begun again. Requires that nobody writes into `from` meanwhile (the daemon is stopped), between
// the parts of a copy that broke off neither. kUnavailable when either is on a server that is away, or goes
// away: nothing is copied into a spool or out of one. Waits.
[[nodiscard]] Result<void> copy_ledger(const LedgerDatabase& from, LedgerDatabase& to,
                                       const CopyProgress& progress);

// How many rows each table has that copy_ledger() copies; kUnavailable likewise.
struct TableCount {
  std::string table;
  std::uint64_t rows = 0;

  friend bool operator==(const TableCount&, const TableCount&) = default;
};
[[nodiscard]] Result<std::vector<TableCount>> count_ledger(const LedgerDatabase& database);

// Whether two openings are of one ledger, whatever they call it. Writes a number into `two` for a moment.
[[nodiscard]] Result<bool> are_one_ledger(const LedgerDatabase& one, LedgerDatabase& two);

// Deletes all these rows, and the marks of a copy that broke off. Waits.
[[nodiscard]] Result<void> clear_ledger(LedgerDatabase& database);

// Whether a copy into it broke off and was not finished. Of a server that is away it is not known: false.
[[nodiscard]] Result<bool> is_half_copied(const LedgerDatabase& database);

// What is there without opening it as a ledger: nothing is made, nothing brought up to date. As many rows as
// count_ledger() will count, 0 when there is no ledger yet. `path`: its file, which may be missing; with a
// server it does not matter.
[[nodiscard]] Result<std::uint64_t> look_at_ledger(const std::string& path, const PostgresqlServer& server);

}  // namespace postreeve
