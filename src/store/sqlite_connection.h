// SQLite as far as records need it: a connection and prepared statements, errors as values.
//
// The ledger goes through SOCI; records take this shorter way, thousands of times a second
// (docs/decisions/0013).
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "base/result.h"

struct sqlite3;
struct sqlite3_stmt;

namespace postreeve {

// Errors everywhere: kCorrupt when the file is damaged or no database, else kUnavailable (a full disk, a lock
// that was not given up in time, an I/O error). Neither class may be used by two threads at once.
class SqliteStatement {
 public:
  void bind(int place, std::int64_t value);
  // The bytes must live until the statement is reset.
  void bind(int place, std::string_view bytes);
  // Whether there is a row to look at. Reset after the last look.
  [[nodiscard]] Result<bool> step();
  void reset();
  // Binds nothing, expects no row, and resets.
  [[nodiscard]] Result<void> run();

  [[nodiscard]] std::int64_t integer(int column) const;
  // Valid until the next step or reset.
  [[nodiscard]] std::string_view bytes(int column) const;

 private:
  friend class SqliteConnection;
  struct Finalizer {
    void operator()(sqlite3_stmt* statement) const;
  };
  explicit SqliteStatement(sqlite3_stmt* statement) : statement_(statement) {}

  std::unique_ptr<sqlite3_stmt, Finalizer> statement_;
};

class SqliteConnection {
 public:
  enum class Access : std::uint8_t { kReadWrite, kRead };

  // Opens or (kReadWrite) makes the file (mode 0600), in WAL mode with synchronous = NORMAL: what is
  // committed survives the process, and a crash of the machine but for the last moments. Others' locks are
  // waited for up to `patience`.
  [[nodiscard]] static Result<SqliteConnection> open(const std::string& path, Access access,
                                                     std::chrono::milliseconds patience);

  // Statements without parameters, one after the other; rows are thrown away.
  [[nodiscard]] Result<void> run(const std::string& sql);
  [[nodiscard]] Result<SqliteStatement> prepare(std::string_view sql);

  [[nodiscard]] std::int64_t changed_rows() const;

 private:
  struct Closer {
    void operator()(sqlite3* database) const;
  };
  explicit SqliteConnection(sqlite3* database) : database_(database) {}

  std::unique_ptr<sqlite3, Closer> database_;
};

}  // namespace postreeve
