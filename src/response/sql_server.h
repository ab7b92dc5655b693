// Somebody else's database, asked for one value or told to change something: one connection, one statement.
//
// Every call ends by itself within the server's time limit (PostgreSQL and MySQL: connecting and the
// statement together, but for a name that no DNS server resolves; SQLite: waiting for locks and computing,
// but not for a disk that hangs). What the limit cuts short does not happen later: the server has the same
// limit.
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>

#include "base/result.h"
#include "response/sql_statement.h"

namespace postreeve {

enum class SqlKind : std::uint8_t { kPostgresql, kMysql, kSqlite };
[[nodiscard]] std::string_view to_text(SqlKind kind) noexcept;  // "postgresql"

struct SqlServer {
  SqlKind kind{};
  std::string connection;     // as SOCI and the server's own library read it, without a password
  std::string password_file;  // empty: none
  std::chrono::seconds timeout{10};
};

// nullopt is NULL. Texts are UTF-8; numbers and dates are bound as texts too, which the server converts.
using SqlValue = std::optional<std::string>;
using SqlValues = std::map<std::string, SqlValue, std::less<>>;

// `values` holds a value for every name of the statement. Errors of both: kUnavailable and kConflict when it
// may work later (nobody answers, wrong password, a lock, a full disk), kInvalidInput when the statement or
// its values are wrong. Any thread.

// The first column of the only row: kNotFound without a row, kInvalidInput with two.
[[nodiscard]] Result<SqlValue> read_value(const SqlServer& server, const SqlStatement& statement,
                                          const SqlValues& values);
// How many rows the statement found; they count even when they held the new values before.
[[nodiscard]] Result<long long> change_rows(const SqlServer& server, const SqlStatement& statement,
                                            const SqlValues& values);

}  // namespace postreeve
