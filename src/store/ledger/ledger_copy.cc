#include "store/ledger/ledger_copy.h"

#include <soci/soci.h>
#include <sodium.h>

#include <exception>
#include <filesystem>
#include <ranges>
#include <string>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "store/ledger/migrations.h"
#include "store/ledger/sql.h"
#include "store/ledger/sql_session.h"
#include "store/ledger/sqlite_session.h"
#include "store/ledger/table_copy.h"

namespace postreeve {
namespace {

constexpr long long kRowsAtOnce = 500;

using LedgerWork = std::function<Result<void>(soci::session&)>;

struct Table {
  const char* name;
  const char* key;
};

// What is referred to goes before what refers to it.
constexpr Table kTables[] = {
    {"incident", "id"},
    {"incident_clue", "incident, kind, value"},
    {"timeline", "id"},
    {"standing", "account"},
    {"standing_change", "account, changed, level, incident"},
    {"outbox", "id"},
    {"list_entry", "list, value"},
    {"account_policy", "account"},
    {"hourly_count", "hour, account"},
    {"activity", "id"},
    {"audit", "id"},
    {"api_token", "id"},
    {"given_answer", "asker, request"},
};
// What the books count; other numbers belong to the database that they are in.
constexpr const char* kCounted = "'timeline', 'outbox', 'activity', 'audit', 'standing', 'rules'";

// How far the copy of a table has come is a number of the ledger that it goes to, committed with the rows.
std::string mark_of(const Table& table) {
  return fmt::format("copied {}", table.name);
}

// Of the ledger itself: when its server goes away readers are given the spool, which is no copy of it.
Result<void> read_itself(const LedgerDatabase& database, const LedgerWork& work) {
  const bool has_server = database.health().has_server;
  return database.read([&](soci::session& session) -> Result<void> {
    if (is_postgresql(session) != has_server)
      return fail(ErrorCode::kUnavailable, "PostgreSQL is away: " + database.health().trouble);
    return work(session);
  });
}

Result<long long> copied_of(const LedgerDatabase& to, const Table& table) {
  long long copied = 0;
  const auto outcome = read_itself(to, [&](soci::session& session) -> Result<void> {
    first_row(session, "SELECT value FROM ledger_number WHERE name = :name", std::tie(copied),
              mark_of(table));
    return {};
  });
  if (!outcome) return fail(outcome.error());
  return copied;
}

Result<TableRows> part_of(const LedgerDatabase& from, const std::string& query,
                          const std::vector<std::string>& values = {}) {
  TableRows rows;
  const auto outcome = read_itself(from, [&](soci::session& session) -> Result<void> {
    rows = read_table(session, query, values);
    return {};
  });
  if (!outcome) return fail(outcome.error());
  return rows;
}

// The rows behind the one whose key is `last`; behind the first `copied` ones when that is not known.
Result<TableRows> next_rows(const LedgerDatabase& from, const Table& table, long long copied,
                            const std::vector<std::string>& last) {
  if (last.empty())
    return part_of(from, fmt::format("SELECT * FROM {0} ORDER BY {1} LIMIT {2} OFFSET {3}", table.name,
                                     table.key, kRowsAtOnce, copied));
  std::vector<std::string> places;
  places.reserve(last.size());
  for (std::size_t i = 0; i < last.size(); ++i) places.push_back(fmt::format(":k{}", i));
  return part_of(from,
                 fmt::format("SELECT * FROM {0} WHERE ({1}) > ({2}) ORDER BY {1} LIMIT {3}", table.name,
                             table.key, fmt::join(places, ", "), kRowsAtOnce),
                 last);
}

// Requires a row.
std::vector<std::string> last_key_of(const TableRows& rows, std::string_view key) {
  std::vector<std::string> values;
  while (!key.empty()) {
    const std::size_t end = key.find(", ");
    values.push_back(rows.rows.back()[rows.column(std::string(key.substr(0, end)))]);
    key.remove_prefix(end == std::string_view::npos ? key.size() : end + 2);
  }
  return values;
}

Result<void> copy_table(const LedgerDatabase& from, LedgerDatabase& to, const Table& table,
                        const CopyProgress& progress) {
  auto copied = copied_of(to, table);
  if (!copied) return fail(copied.error());
  std::vector<std::string> last;
  while (true) {
    const auto rows = next_rows(from, table, *copied, last);
    if (!rows) return fail(rows.error());
    *copied += static_cast<long long>(rows->rows.size());
    auto written = to.write([&](soci::session& session) -> Result<void> {
      put_rows(session, table.name, table.key, *rows);
      execute(session,
              "INSERT INTO ledger_number (name, value) VALUES (:name, :value)"
              " ON CONFLICT (name) DO UPDATE SET value = excluded.value",
              mark_of(table), *copied);
      return {};
    });
    if (!written) return written;
    if (progress) progress(table.name, static_cast<std::uint64_t>(*copied));
    if (std::cmp_less(rows->rows.size(), kRowsAtOnce)) return {};
    last = last_key_of(*rows, table.key);
  }
}

std::uint64_t rows_in(soci::session& session, const Table& table) {
  long long rows = 0;
  first_row(session, fmt::format("SELECT COUNT(*) FROM {}", table.name), std::tie(rows));
  return static_cast<std::uint64_t>(rows);
}

// The version of the ledger that made the table.
std::uint32_t version_of(const Table& table) {
  const std::string making = fmt::format("CREATE TABLE {} ", table.name);
  for (std::uint32_t version = 1; version <= ledger_version(); ++version) {
    for (const std::string_view statement : migration_to(version)) {
      if (statement.starts_with(making)) return version;
    }
  }
  return ledger_version() + 1;
}

// The next number of anything is behind those of both.
Result<void> finish(const LedgerDatabase& from, LedgerDatabase& to) {
  const auto numbers =
      part_of(from, fmt::format("SELECT name, value FROM ledger_number WHERE name IN ({})", kCounted));
  if (!numbers) return fail(numbers.error());
  return to.write([&](soci::session& session) -> Result<void> {
    for (const auto& row : numbers->rows) {
      execute_with(session,
                   "INSERT INTO ledger_number (name, value) VALUES (:name, :value)"
                   " ON CONFLICT (name) DO UPDATE SET value = CASE WHEN excluded.value > ledger_number.value"
                   " THEN excluded.value ELSE ledger_number.value END",
                   row);
    }
    for (const Table& table : kTables)
      execute(session, "DELETE FROM ledger_number WHERE name = :name", mark_of(table));
    return {};
  });
}

}  // namespace

Result<void> copy_ledger(const LedgerDatabase& from, LedgerDatabase& to, const CopyProgress& progress) {
  for (const LedgerDatabase* side : {&from, static_cast<const LedgerDatabase*>(&to)}) {
    if (const LedgerHealth health = side->health(); !health.is_up)
      return fail(ErrorCode::kUnavailable, "PostgreSQL is away: " + health.trouble);
  }
  for (const Table& table : kTables) {
    if (auto copied = copy_table(from, to, table, progress); !copied) return copied;
  }
  return finish(from, to);
}

Result<std::vector<TableCount>> count_ledger(const LedgerDatabase& database) {
  std::vector<TableCount> counts;
  const auto outcome = read_itself(database, [&](soci::session& session) -> Result<void> {
    for (const Table& table : kTables) counts.push_back({table.name, rows_in(session, table)});
    return {};
  });
  if (!outcome) return fail(outcome.error());
  return counts;
}

Result<bool> are_one_ledger(const LedgerDatabase& one, LedgerDatabase& two) {
  std::uint64_t chance = 0;
  randombytes_buf(&chance, sizeof chance);
  const std::string name = fmt::format("is this the same {:x}", chance);
  auto noted = two.write([&](soci::session& session) -> Result<void> {
    execute(session, "INSERT INTO ledger_number (name, value) VALUES (:name, 0)", name);
    return {};
  });
  if (!noted) return fail(noted.error());
  long long found = 0;
  const auto looked = read_itself(one, [&](soci::session& session) -> Result<void> {
    first_row(session, "SELECT COUNT(*) FROM ledger_number WHERE name = :name", std::tie(found), name);
    return {};
  });
  auto forgotten = two.write([&](soci::session& session) -> Result<void> {
    execute(session, "DELETE FROM ledger_number WHERE name = :name", name);
    return {};
  });
  if (!looked) return fail(looked.error());
  if (!forgotten) return fail(forgotten.error());
  return found > 0;
}

Result<void> clear_ledger(LedgerDatabase& database) {
  for (const Table& table : std::views::reverse(kTables)) {
    auto cleared = database.write([&](soci::session& session) -> Result<void> {
      execute(session, fmt::format("DELETE FROM {}", table.name));
      execute(session, "DELETE FROM ledger_number WHERE name = :name", mark_of(table));
      return {};
    });
    if (!cleared) return cleared;
  }
  return {};
}

Result<bool> is_half_copied(const LedgerDatabase& database) {
  long long marks = 0;
  const auto outcome = database.read([&](soci::session& session) -> Result<void> {
    first_row(session, "SELECT COUNT(*) FROM ledger_number WHERE name LIKE 'copied %'", std::tie(marks));
    return {};
  });
  if (!outcome) return fail(outcome.error());
  return marks > 0;
}

Result<std::uint64_t> look_at_ledger(const std::string& path, const PostgresqlServer& server) {
  const bool has_server = !server.connection.empty();
  if (!has_server && !std::filesystem::exists(path)) return 0;
  auto session = has_server ? open_postgresql(server) : open_sqlite({.path = path, .read_only = true});
  if (!session) return fail(session.error());
  try {
    const SqlDialect dialect = has_server ? SqlDialect::kPostgresql : SqlDialect::kSqlite;
    const std::uint32_t version = stored_version(**session, dialect);
    std::uint64_t rows = 0;
    for (const Table& table : kTables) {
      if (version >= version_of(table)) rows += rows_in(**session, table);
    }
    return rows;
  } catch (const std::exception& thrown) {
    return fail(error_of(thrown));
  }
}

}  // namespace postreeve
