#include "response/sql_server.h"

#include <soci/mysql/soci-mysql.h>
#include <soci/postgresql/soci-postgresql.h>
#include <soci/soci.h>
#include <soci/sqlite3/soci-sqlite3.h>

#include <algorithm>
#include <filesystem>
#include <functional>
#include <memory>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "base/password_file.h"
#include "socket/time_limit.h"
#include "store/ledger/postgresql_session.h"
#include "store/ledger/rows.h"

namespace postreeve {
namespace {

using Clock = TimeLimit::Clock;
using Work = std::function<void(soci::session&)>;

// SQLite asks this often, in steps of its machine, whether the time has come.
constexpr int kStepsBetweenLooks = 10'000;

std::string connect_string(const SqlServer& server, const std::string& password) {
  if (server.kind == SqlKind::kSqlite) return server.connection;
  // Of an option that is given twice libpq takes the last, SOCI for MySQL the first.
  const long long seconds = server.timeout.count();
  const std::string login = password.empty() ? "" : " password=" + quoted_for_libpq(password);
  if (server.kind == SqlKind::kPostgresql)
    return fmt::format("{}{} connect_timeout={}", server.connection, login, seconds);
  return fmt::format("charset=utf8mb4 connect_timeout={0} read_timeout={0} write_timeout={0} {1}{2}", seconds,
                     server.connection, login);
}

// SQLite makes a file that is not there; one that is empty has no table, and would fail for ever.
Result<void> find_file(const SqlServer& server) {
  if (server.kind != SqlKind::kSqlite) return {};
  std::string path = server.connection;
  for (const std::string_view key : {"dbname=", "db="}) {
    if (path.starts_with(key)) path = path.substr(key.size(), path.find(' ') - key.size());
  }
  std::erase_if(path, [](char c) { return c == '"' || c == '\''; });
  std::error_code none;
  if (path.starts_with("file:") || std::filesystem::exists(path, none)) return {};
  return fail(ErrorCode::kUnavailable, fmt::format("sqlite: there is no file {}", path));
}

// SOCI's own factory reads the string before libpq does, and takes the quotation marks out of it: a password
// with a space or a quotation mark in it would be lost.
class PostgresqlFactory : public soci::backend_factory {
 public:
  soci::postgresql_session_backend* make_session(
      const soci::connection_parameters& parameters) const override {
    return new soci::postgresql_session_backend(parameters, false);
  }
};

const soci::backend_factory& factory_of(SqlKind kind) {
  static const PostgresqlFactory kPostgresql;
  switch (kind) {
    case SqlKind::kPostgresql:
      return kPostgresql;
    case SqlKind::kMysql:
      return soci::mysql;
    case SqlKind::kSqlite:
      break;
  }
  return soci::sqlite3;
}

int socket_of(soci::session& session, SqlKind kind) {
  switch (kind) {
    case SqlKind::kPostgresql:
      return PQsocket(static_cast<soci::postgresql_session_backend*>(session.get_backend())->conn_);
    case SqlKind::kMysql:
      return static_cast<int>(
          mysql_get_socket(static_cast<soci::mysql_session_backend*>(session.get_backend())->conn_));
    case SqlKind::kSqlite:
      break;
  }
  return -1;
}

// Whether a statement that failed with this SQLSTATE would fail again: syntax, names and rights (42), data
// (22), constraints (23), what the server cannot do (0A).
bool is_lasting(std::string_view sqlstate) {
  for (const std::string_view lasting : {"42", "22", "23", "0A"}) {
    if (sqlstate.starts_with(lasting)) return true;
  }
  return false;
}

// The same for MySQL's own numbers, of which SOCI keeps no SQLSTATE.
bool is_lasting_mysql(unsigned int number) {
  switch (number) {
    case 1048:  // column cannot be null
    case 1054:  // unknown column
    case 1062:  // duplicate entry
    case 1064:  // syntax
    case 1142:  // command denied on the table
    case 1143:  // ... on the column
    case 1146:  // no such table
    case 1264:  // out of range
    case 1265:  // data truncated
    case 1292:  // incorrect value
    case 1364:  // no default value
    case 1366:  // incorrect value
    case 1406:  // data too long
    case 1451:  // foreign key
    case 1452:
    case 4025:  // check constraint
      return true;
    default:
      return false;
  }
}

bool is_lasting_sqlite(int code) {
  switch (code & 0xff) {
    case SQLITE_ERROR:
    case SQLITE_CONSTRAINT:
    case SQLITE_MISMATCH:
    case SQLITE_RANGE:
    case SQLITE_TOOBIG:
    case SQLITE_NOTADB:
      return true;
    default:
      return false;
  }
}

bool is_lasting(const std::exception& thrown) {
  if (const auto* of_postgresql = dynamic_cast<const soci::postgresql_soci_error*>(&thrown))
    return is_lasting(of_postgresql->sqlstate());
  if (const auto* of_mysql = dynamic_cast<const soci::mysql_soci_error*>(&thrown))
    return is_lasting_mysql(of_mysql->err_num_);
  if (const auto* of_sqlite = dynamic_cast<const soci::sqlite3_soci_error*>(&thrown))
    return is_lasting_sqlite(of_sqlite->result());
  // SOCI itself: a name that is not bound, a column of a kind that it does not know.
  return dynamic_cast<const soci::soci_error*>(&thrown) != nullptr;
}

// Without what SOCI adds: the statement and its values.
std::string message_of(const std::exception& thrown) {
  const auto* of_soci = dynamic_cast<const soci::soci_error*>(&thrown);
  return stored_line(of_soci == nullptr ? thrown.what() : of_soci->get_error_message(), 500);
}

Error late(const SqlServer& server) {
  return {ErrorCode::kUnavailable,
          fmt::format("{} did not answer within {} s", to_text(server.kind), server.timeout.count())};
}

// Limits on the server's side, so that what we gave up is not done an hour later. They last no longer than
// the transaction: behind a pooler the connection is somebody else's afterwards.
void begin_postgresql(soci::session& session, long long milliseconds) {
  session << "BEGIN";
  session << fmt::format("SET LOCAL statement_timeout = {}", milliseconds);
  session << fmt::format("SET LOCAL lock_timeout = {}", milliseconds);
  session << "SET LOCAL timezone = 'UTC'";
}

void begin_mysql(soci::session& session, long long milliseconds) {
  const long long seconds = std::max(1LL, milliseconds / 1000);
  std::string version;
  session << "SELECT VERSION()", soci::into(version);
  session << "SET SESSION autocommit = 1";
  session << "SET SESSION time_zone = '+00:00'";
  session << fmt::format("SET SESSION innodb_lock_wait_timeout = {}", seconds);
  session << fmt::format("SET SESSION lock_wait_timeout = {}", seconds);
  // MySQL itself can limit only what reads.
  if (version.contains("MariaDB")) session << fmt::format("SET SESSION max_statement_time = {}", seconds);
}

sqlite_api::sqlite3* sqlite_of(soci::session& session) {
  return static_cast<soci::sqlite3_session_backend*>(session.get_backend())->conn_;
}

int is_over(void* limit) {
  return Clock::now() >= *static_cast<const Clock::time_point*>(limit) ? 1 : 0;
}

void work_in_sqlite(soci::session& session, const Work& work, Clock::time_point end) {
  const auto left = std::chrono::ceil<std::chrono::milliseconds>(end - Clock::now());
  sqlite_api::sqlite3_busy_timeout(sqlite_of(session), static_cast<int>(std::max(1L, left.count())));
  sqlite_api::sqlite3_progress_handler(sqlite_of(session), kStepsBetweenLooks, is_over, &end);
  work(session);
}

void work_in(SqlKind kind, soci::session& session, const Work& work, Clock::time_point end) {
  if (kind == SqlKind::kSqlite) return work_in_sqlite(session, work, end);
  // The server gives up a little before we do.
  const auto left = std::chrono::floor<std::chrono::milliseconds>(end - Clock::now()).count() * 9 / 10;
  const long long milliseconds = std::max(100L, left);
  if (kind == SqlKind::kMysql) {
    begin_mysql(session, milliseconds);
    return work(session);
  }
  begin_postgresql(session, milliseconds);
  work(session);
  session << "COMMIT";
}

Result<void> with_session(const SqlServer& server, const Work& work) {
  const Clock::time_point end = Clock::now() + server.timeout;
  const auto password = read_password(server.password_file);
  if (!password) return fail(password.error());
  if (auto found = find_file(server); !found) return found;
  std::unique_ptr<soci::session> session;
  try {
    session = std::make_unique<soci::session>(factory_of(server.kind), connect_string(server, *password));
  } catch (const std::exception& thrown) {
    return fail(ErrorCode::kUnavailable,
                fmt::format("{} cannot be reached: {}", to_text(server.kind), message_of(thrown)));
  }
  const TimeLimit limit(socket_of(*session, server.kind), end);
  try {
    work_in(server.kind, *session, work, end);
  } catch (const std::exception& thrown) {
    if (limit.has_struck()) return fail(late(server));
    const ErrorCode code = is_lasting(thrown) ? ErrorCode::kInvalidInput : ErrorCode::kUnavailable;
    return fail(code, fmt::format("{}: {}", to_text(server.kind), message_of(thrown)));
  }
  return {};
}

// A statement with its values, which it keeps.
class Bound {
 public:
  Bound(soci::session& session, const SqlStatement& statement, const SqlValues& values)
      : text_(statement.text), statement_(session) {
    values_.reserve(statement.names.size());
    for (const std::string& name : statement.names) {
      const SqlValue& value = values.at(name);
      values_.push_back(
          {.name = name, .text = value.value_or(""), .indicator = value ? soci::i_ok : soci::i_null});
    }
  }

  // Whether there is a row.
  bool run() {
    for (Value& value : values_)
      statement_.exchange(soci::use(std::as_const(value.text), value.indicator, value.name));
    statement_.alloc();
    // Once: a prepared statement would stay with a pooler's connection.
    statement_.prepare(text_, soci::details::st_one_time_query);
    statement_.define_and_bind();
    return statement_.execute(true);
  }

  soci::statement& statement() { return statement_; }

 private:
  struct Value {
    std::string name;
    std::string text;
    soci::indicator indicator;
  };

  std::string text_;
  std::vector<Value> values_;
  soci::statement statement_;
};

}  // namespace

std::string_view to_text(SqlKind kind) noexcept {
  switch (kind) {
    case SqlKind::kPostgresql:
      return "postgresql";
    case SqlKind::kMysql:
      return "mysql";
    case SqlKind::kSqlite:
      break;
  }
  return "sqlite";
}

Result<SqlValue> read_value(const SqlServer& server, const SqlStatement& statement, const SqlValues& values) {
  std::string text;
  soci::indicator indicator = soci::i_null;
  bool is_there = false;
  bool are_more = false;
  const Result<void> read = with_session(server, [&](soci::session& session) {
    Bound bound(session, statement, values);
    bound.statement().exchange(soci::into(text, indicator));
    is_there = bound.run();
    if (!is_there) return;
    std::string first = text;
    const soci::indicator of_first = indicator;
    are_more = bound.statement().fetch();
    text = std::move(first);
    indicator = of_first;
  });
  if (!read) return fail(read.error());
  if (!is_there) return fail(ErrorCode::kNotFound, "there is no such row");
  if (are_more) return fail(ErrorCode::kInvalidInput, "there is more than one such row");
  return indicator == soci::i_null ? SqlValue{} : SqlValue{std::move(text)};
}

Result<long long> change_rows(const SqlServer& server, const SqlStatement& statement,
                              const SqlValues& values) {
  long long rows = 0;
  const Result<void> changed = with_session(server, [&](soci::session& session) {
    Bound bound(session, statement, values);
    bound.run();
    rows = bound.statement().get_affected_rows();
  });
  if (!changed) return fail(changed.error());
  return rows;
}

}  // namespace postreeve
