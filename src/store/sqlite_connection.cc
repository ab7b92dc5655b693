#include "store/sqlite_connection.h"

#include <sqlite3.h>

#include "store/ledger/sqlite_session.h"

namespace postreeve {
namespace {

std::unexpected<Error> failure(sqlite3* database, int code) {
  const int kind = code & 0xff;
  const bool is_broken = kind == SQLITE_CORRUPT || kind == SQLITE_NOTADB;
  const char* words = database != nullptr ? sqlite3_errmsg(database) : sqlite3_errstr(code);
  return fail(is_broken ? ErrorCode::kCorrupt : ErrorCode::kUnavailable, words);
}

}  // namespace

void SqliteStatement::Finalizer::operator()(sqlite3_stmt* statement) const {
  sqlite3_finalize(statement);
}

void SqliteStatement::bind(int place, std::int64_t value) {
  sqlite3_bind_int64(statement_.get(), place, value);
}

void SqliteStatement::bind(int place, std::string_view bytes) {
  sqlite3_bind_blob64(statement_.get(), place, bytes.data(), bytes.size(), SQLITE_STATIC);
}

Result<bool> SqliteStatement::step() {
  const int code = sqlite3_step(statement_.get());
  if (code == SQLITE_ROW) return true;
  if (code == SQLITE_DONE) return false;
  auto failed = failure(sqlite3_db_handle(statement_.get()), code);
  reset();
  return failed;
}

void SqliteStatement::reset() {
  sqlite3_reset(statement_.get());
}

Result<void> SqliteStatement::run() {
  const Result<bool> stepped = step();
  if (!stepped) return fail(stepped.error());
  reset();
  return {};
}

std::int64_t SqliteStatement::integer(int column) const {
  return sqlite3_column_int64(statement_.get(), column);
}

std::string_view SqliteStatement::bytes(int column) const {
  const void* data = sqlite3_column_blob(statement_.get(), column);
  const int size = sqlite3_column_bytes(statement_.get(), column);
  return data == nullptr ? std::string_view{}
                         : std::string_view(static_cast<const char*>(data), static_cast<std::size_t>(size));
}

void SqliteConnection::Closer::operator()(sqlite3* database) const {
  sqlite3_close_v2(database);  // statements that still live keep it open until they end
}

Result<SqliteConnection> SqliteConnection::open(const std::string& path, Access access,
                                                std::chrono::milliseconds patience) {
  if (access == Access::kReadWrite) {
    if (Result<void> made = make_private_file(path); !made) return fail(std::move(made).error());
  }
  const int how = access == Access::kRead ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE;
  sqlite3* opened = nullptr;
  const int code = sqlite3_open_v2(path.c_str(), &opened, how | SQLITE_OPEN_NOMUTEX, nullptr);
  SqliteConnection connection(opened);
  if (code != SQLITE_OK) return fail(failure(opened, code).error());
  sqlite3_extended_result_codes(opened, 1);
  sqlite3_busy_timeout(opened, static_cast<int>(patience.count()));
  const char* setup = access == Access::kRead ? "PRAGMA query_only = 1"
                                              : "PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL";
  if (Result<void> done = connection.run(setup); !done) return fail(std::move(done).error());
  return connection;
}

Result<void> SqliteConnection::run(const std::string& sql) {
  const int code = sqlite3_exec(database_.get(), sql.c_str(), nullptr, nullptr, nullptr);
  if (code != SQLITE_OK) return failure(database_.get(), code);
  return {};
}

Result<SqliteStatement> SqliteConnection::prepare(std::string_view sql) {
  sqlite3_stmt* statement = nullptr;
  const int code = sqlite3_prepare_v3(database_.get(), sql.data(), static_cast<int>(sql.size()),
                                      SQLITE_PREPARE_PERSISTENT, &statement, nullptr);
  if (code != SQLITE_OK) return failure(database_.get(), code);
  return SqliteStatement(statement);
}

std::int64_t SqliteConnection::changed_rows() const {
  return sqlite3_changes64(database_.get());
}

}  // namespace postreeve
