#include "store/record_table.h"

#include <utility>

namespace postreeve {
namespace {

constexpr std::int64_t kSchema = 1;
// A ledger's commit may be in the way.
constexpr std::chrono::milliseconds kWriterPatience{5'000};
// Somebody waits for a reader: rather judge without the record than make him wait.
constexpr std::chrono::milliseconds kReaderPatience{40};

// The log may grow to 64 MiB before it is moved into the file: pages that change again and again are then
// moved once. Reading such a log back after a crash takes a fraction of a second.
constexpr const char* kSetup =
    "PRAGMA cache_size = -32768; PRAGMA wal_autocheckpoint = 16384; PRAGMA journal_size_limit = 67108864";

constexpr const char* kTables = R"(
BEGIN IMMEDIATE;
CREATE TABLE IF NOT EXISTS account_record (
  id INTEGER PRIMARY KEY,
  key BLOB NOT NULL UNIQUE,
  changed INTEGER NOT NULL,
  active INTEGER NOT NULL,
  record BLOB NOT NULL);
CREATE TABLE IF NOT EXISTS account_record_count (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  schema INTEGER NOT NULL,
  accounts INTEGER NOT NULL,
  active INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS account_record_corrupt (
  id INTEGER PRIMARY KEY,
  key BLOB NOT NULL,
  record BLOB NOT NULL);
INSERT OR IGNORE INTO account_record_count VALUES (1, 1, 0, 0);
COMMIT)";

std::array<char, 16> key_of(const Hash128& account) {
  std::array<char, 16> key{};
  for (std::size_t i = 0; i < 8; ++i) {
    key[i] = static_cast<char>(account.low >> (8 * i) & 0xffU);
    key[8 + i] = static_cast<char>(account.high >> (8 * i) & 0xffU);
  }
  return key;
}

// Of 16 bytes.
Hash128 account_of(std::string_view key) {
  Hash128 account;
  for (std::size_t i = 8; i-- > 0;) {
    account.low = account.low << 8U | static_cast<unsigned char>(key[i]);
    account.high = account.high << 8U | static_cast<unsigned char>(key[8 + i]);
  }
  return account;
}

std::string_view view_of(const std::array<char, 16>& key) {
  return {key.data(), key.size()};
}

Result<void> prepare_into(SqliteConnection& connection, std::optional<SqliteStatement>& statement,
                          std::string_view sql) {
  Result<SqliteStatement> prepared = connection.prepare(sql);
  if (!prepared) return fail(std::move(prepared).error());
  statement = std::move(*prepared);
  return {};
}

}  // namespace

Result<std::unique_ptr<RecordTable>> RecordTable::open(const std::string& path, std::uint32_t most_pages) {
  auto writer = SqliteConnection::open(path, SqliteConnection::Access::kReadWrite, kWriterPatience);
  if (!writer) return fail(std::move(writer).error());
  std::unique_ptr<RecordTable> table(new RecordTable(std::move(*writer)));
  std::string setup = kSetup;
  if (most_pages > 0) setup += "; PRAGMA max_page_count = " + std::to_string(most_pages);
  for (const std::string& sql : {setup, std::string(kTables)}) {
    if (Result<void> done = table->writer_.run(sql); !done) return fail(std::move(done).error());
  }
  if (Result<void> done = table->prepare(path); !done) return fail(std::move(done).error());
  return table;
}

Result<void> RecordTable::prepare(const std::string& path) {
  const std::pair<std::optional<SqliteStatement>*, std::string_view> statements[] = {
      {&insert_,
       "INSERT INTO account_record (key, changed, active, record) VALUES (?, ?, ?, ?) ON CONFLICT (key) DO "
       "UPDATE "
       "SET changed = excluded.changed, active = excluded.active, record = excluded.record RETURNING id"},
      {&update_, "UPDATE account_record SET changed = ?, active = ?, record = ? WHERE id = ?"},
      {&keep_aside_,
       "INSERT INTO account_record_corrupt (key, record) SELECT key, record FROM account_record "
       "WHERE id = ?"},
      {&count_, "UPDATE account_record_count SET accounts = accounts + ?, active = active + ?"}};
  for (const auto& [statement, sql] : statements) {
    if (Result<void> done = prepare_into(writer_, *statement, sql); !done) return done;
  }
  const Result<RecordCounts> counted = counts();
  if (!counted) return fail(counted.error());
  counts_ = *counted;
  for (Reader& reader : readers_) {
    auto opened = SqliteConnection::open(path, SqliteConnection::Access::kRead, kReaderPatience);
    if (!opened) return fail(std::move(opened).error());
    reader.connection = std::move(*opened);
    Result<void> done = prepare_into(*reader.connection, reader.select,
                                     "SELECT id, active, record FROM account_record WHERE key = ?");
    if (!done) return done;
  }
  return {};
}

Result<RecordCounts> RecordTable::counts() {
  auto counts = writer_.prepare("SELECT schema, accounts, active FROM account_record_count");
  if (!counts) return fail(std::move(counts).error());
  const Result<bool> row = counts->step();
  if (!row) return fail(row.error());
  if (!*row) return fail(ErrorCode::kCorrupt, "the count of records is missing");
  if (counts->integer(0) > kSchema)
    return fail(ErrorCode::kCorrupt, "the records were written by a newer Postreeve");
  return RecordCounts{static_cast<std::uint64_t>(counts->integer(1)),
                      static_cast<std::uint64_t>(counts->integer(2))};
}

Result<std::optional<StoredRecord>> RecordTable::load(const Hash128& account) const {
  const std::array<char, 16> key = key_of(account);
  Reader& reader = readers_[account.high % kReaders];
  const std::scoped_lock lock(reader.mutex);
  reader.select->bind(1, view_of(key));
  const Result<bool> row = reader.select->step();
  if (!row) return fail(row.error());
  std::optional<StoredRecord> stored;
  if (*row) {
    stored = StoredRecord{reader.select->integer(0), reader.select->integer(1) != 0,
                          std::string(reader.select->bytes(2))};
  }
  reader.select->reset();
  return stored;
}

Result<std::vector<NamedRecord>> RecordTable::next(std::int64_t& after, std::size_t most) {
  auto rows = writer_.prepare("SELECT id, key, record FROM account_record WHERE id > ? ORDER BY id LIMIT ?");
  if (!rows) return fail(std::move(rows).error());
  rows->bind(1, after);
  rows->bind(2, static_cast<std::int64_t>(most));
  std::vector<NamedRecord> records;
  while (true) {
    const Result<bool> row = rows->step();
    if (!row) return fail(row.error());
    if (!*row) return records;
    after = rows->integer(0);
    const std::string_view key = rows->bytes(1);
    if (key.size() != sizeof(Hash128)) return fail(ErrorCode::kCorrupt, "a record belongs to no account");
    const Hash128 account = account_of(key);
    records.push_back({account, std::string(rows->bytes(2))});
  }
}

Result<void> RecordTable::write(std::span<RowToWrite> rows) {
  if (Result<void> begun = writer_.run("BEGIN IMMEDIATE"); !begun) return begun;
  Result<void> done = write_rows(rows);
  if (done) done = writer_.run("COMMIT");
  // Some errors (a full disk) have rolled back already: then this fails, which is no matter.
  if (!done) static_cast<void>(writer_.run("ROLLBACK"));
  return done;
}

Result<void> RecordTable::write_rows(std::span<RowToWrite> rows) {
  std::int64_t made = 0;
  std::int64_t activated = 0;
  for (RowToWrite& row : rows) {
    if (row.row == 0) ++made;
    if (row.is_active && !row.was_active) ++activated;
    if (Result<void> done = write_row(row); !done) return done;
  }
  if (made == 0 && activated == 0) return {};
  count_->bind(1, made);
  count_->bind(2, activated);
  return count_->run();
}

Result<void> RecordTable::write_row(RowToWrite& row) {
  if (row.row == 0) return insert(row);
  if (row.keep_aside) {
    keep_aside_->bind(1, row.row);
    if (Result<void> done = keep_aside_->run(); !done) return done;
  }
  update_->bind(1, std::int64_t{row.changed});
  update_->bind(2, std::int64_t{row.is_active});
  update_->bind(3, std::string_view(row.bytes));
  update_->bind(4, row.row);
  if (Result<void> done = update_->run(); !done) return done;
  return writer_.changed_rows() == 1 ? Result<void>{} : insert(row);  // somebody took the row out of the file
}

Result<void> RecordTable::insert(RowToWrite& row) {
  const std::array<char, 16> key = key_of(row.account);
  insert_->bind(1, view_of(key));
  insert_->bind(2, std::int64_t{row.changed});
  insert_->bind(3, std::int64_t{row.is_active});
  insert_->bind(4, std::string_view(row.bytes));
  const Result<bool> made = insert_->step();
  if (!made) return fail(made.error());
  row.row = insert_->integer(0);
  insert_->reset();
  return {};
}

Result<void> RecordTable::clear() {
  Result<void> done = writer_.run(
      "BEGIN IMMEDIATE; DELETE FROM account_record; DELETE FROM account_record_corrupt;"
      " UPDATE account_record_count SET accounts = 0, active = 0; COMMIT");
  if (!done) static_cast<void>(writer_.run("ROLLBACK"));
  return done;
}

Result<void> RecordTable::checkpoint() {
  return writer_.run("PRAGMA wal_checkpoint(PASSIVE)");
}

}  // namespace postreeve
