// The table of records in the state's SQLite file: loads one, writes many.
//
// Tables: account_record (a row a record, found by the 16 bytes of the account's keyed hash, no name),
// account_record_count (one row: how many there are, so that a start counts nothing) and
// account_record_corrupt (what could not be read, kept for a person to look at).
//
// Rows lie in the order in which they were made and are updated by their number: WITHOUT ROWID would
// keep them in the index, which has room for a quarter of a page a row and would put each larger
// record on a page of its own.
#pragma once

#include <array>
#include <cstdint>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/keyed_hash.h"
#include "base/result.h"
#include "store/sqlite_connection.h"

namespace postreeve {

struct StoredRecord {
  std::int64_t row = 0;
  bool is_active = false;
  std::string bytes;
};

struct RowToWrite {
  Hash128 account;
  std::int64_t row = 0;       // 0: new, and then set by write()
  std::uint32_t changed = 0;  // seconds: the account's latest event
  bool is_active = false;
  bool was_active = false;  // as it is stored
  bool keep_aside = false;  // what is stored could not be read
  std::string bytes;
};

// A record as it lies there, with its account: for copying.
struct NamedRecord {
  Hash128 account;
  std::string bytes;
};

struct RecordCounts {
  std::uint64_t accounts = 0;
  std::uint64_t active = 0;
};

class RecordTable {
 public:
  // Makes the tables where they are not. `most_pages`: of the file; 0: no bound but the disk.
  [[nodiscard]] static Result<std::unique_ptr<RecordTable>> open(const std::string& path,
                                                                 std::uint32_t most_pages);

  // Any thread. nullopt when there is none.
  [[nodiscard]] Result<std::optional<StoredRecord>> load(const Hash128& account) const;

  // Up to `most` records in the order of their rows, from the one behind `after`, which is moved on; none
  // when there are no more. One thread.
  [[nodiscard]] Result<std::vector<NamedRecord>> next(std::int64_t& after, std::size_t most);

  // All or nothing, in one transaction. One thread.
  [[nodiscard]] Result<void> write(std::span<RowToWrite> rows);
  // Deletes every record, and those that were kept aside. One thread.
  [[nodiscard]] Result<void> clear();
  // Moves what is committed from the log into the file and waits until it is on the disk. One thread.
  [[nodiscard]] Result<void> checkpoint();

  // As they are by now. One thread.
  [[nodiscard]] Result<RecordCounts> counts();
  [[nodiscard]] const RecordCounts& counts_at_start() const { return counts_; }

 private:
  static constexpr std::size_t kReaders = 4;

  struct Reader {
    std::mutex mutex;
    std::optional<SqliteConnection> connection;
    std::optional<SqliteStatement> select;
  };

  explicit RecordTable(SqliteConnection writer) : writer_(std::move(writer)) {}
  [[nodiscard]] Result<void> prepare(const std::string& path);
  [[nodiscard]] Result<void> write_rows(std::span<RowToWrite> rows);
  [[nodiscard]] Result<void> write_row(RowToWrite& row);
  [[nodiscard]] Result<void> insert(RowToWrite& row);

  SqliteConnection writer_;
  std::optional<SqliteStatement> insert_;
  std::optional<SqliteStatement> update_;
  std::optional<SqliteStatement> keep_aside_;
  std::optional<SqliteStatement> count_;
  RecordCounts counts_;
  mutable std::array<Reader, kReaders> readers_;
};

}  // namespace postreeve
