#include "store/ledger/migrations.h"

#include <soci/soci.h>

#include <array>
#include <string>

#include <fmt/format.h>

namespace postreeve {
namespace {

constexpr std::string_view kFirst[] = {
    "CREATE TABLE ledger_number (name TEXT PRIMARY KEY, value BIGINT NOT NULL)",

    R"sql(CREATE TABLE incident (id TEXT PRIMARY KEY, account TEXT NOT NULL, account_key TEXT NOT NULL,
      tenant TEXT NOT NULL, opened BIGINT NOT NULL, changed BIGINT NOT NULL, level TEXT NOT NULL,
      scope TEXT NOT NULL, outcome TEXT NOT NULL, is_observed SMALLINT NOT NULL,
      outgo_messages BIGINT NOT NULL, outgo_recipients BIGINT NOT NULL, outgo_since BIGINT NOT NULL,
      risk DOUBLE PRECISION NOT NULL, first_evidence TEXT NOT NULL, cause TEXT NOT NULL,
      assignee TEXT NOT NULL, anonymised BIGINT NOT NULL))sql",
    "CREATE INDEX incident_by_opened ON incident (opened, id)",
    "CREATE INDEX incident_by_account ON incident (account, opened)",

    R"sql(CREATE TABLE timeline (id BIGINT PRIMARY KEY, incident TEXT NOT NULL REFERENCES incident (id),
      occurred BIGINT NOT NULL, kind TEXT NOT NULL, author TEXT NOT NULL, says TEXT NOT NULL,
      details TEXT NOT NULL))sql",
    "CREATE INDEX timeline_by_incident ON timeline (incident, occurred, id)",

    R"sql(CREATE TABLE standing (account TEXT PRIMARY KEY, account_key TEXT NOT NULL, tenant TEXT NOT NULL,
      level TEXT NOT NULL, scope TEXT NOT NULL, since BIGINT NOT NULL, until BIGINT NOT NULL,
      incident TEXT NOT NULL, is_observed SMALLINT NOT NULL, changed BIGINT NOT NULL))sql",
    "CREATE INDEX standing_by_level ON standing (level)",

    R"sql(CREATE TABLE standing_change (account TEXT NOT NULL, changed BIGINT NOT NULL, level TEXT NOT NULL,
      incident TEXT NOT NULL, level_before TEXT NOT NULL, scope TEXT NOT NULL, until BIGINT NOT NULL,
      is_observed SMALLINT NOT NULL, risk DOUBLE PRECISION NOT NULL, author TEXT NOT NULL,
      reason TEXT NOT NULL, PRIMARY KEY (account, changed, level, incident)))sql",
    "CREATE INDEX standing_change_by_time ON standing_change (changed)",

    R"sql(CREATE TABLE outbox (id BIGINT PRIMARY KEY, incident TEXT NOT NULL, account TEXT NOT NULL,
      kind TEXT NOT NULL, payload TEXT NOT NULL, state TEXT NOT NULL, attempts BIGINT NOT NULL,
      created BIGINT NOT NULL, next_attempt BIGINT NOT NULL, finished BIGINT NOT NULL, error TEXT NOT NULL))sql",
    "CREATE INDEX outbox_by_state ON outbox (state, next_attempt)",
    "CREATE INDEX outbox_by_incident ON outbox (incident, id)",

    R"sql(CREATE TABLE list_entry (list TEXT NOT NULL, value TEXT NOT NULL, comment TEXT NOT NULL,
      author TEXT NOT NULL, created BIGINT NOT NULL, expires BIGINT NOT NULL, PRIMARY KEY (list, value)))sql",

    R"sql(CREATE TABLE account_policy (account TEXT PRIMARY KEY, only_countries TEXT NOT NULL,
      only_networks TEXT NOT NULL, trusted_networks TEXT NOT NULL, author TEXT NOT NULL,
      reason TEXT NOT NULL, changed BIGINT NOT NULL, expires BIGINT NOT NULL))sql",

    R"sql(CREATE TABLE hourly_count (hour BIGINT NOT NULL, account TEXT NOT NULL, messages BIGINT NOT NULL,
      recipients BIGINT NOT NULL, refused BIGINT NOT NULL, bounced BIGINT NOT NULL, logins BIGINT NOT NULL,
      PRIMARY KEY (hour, account)){clustered})sql",
};

constexpr std::string_view kSecond[] = {
    R"sql(CREATE TABLE activity (id BIGINT PRIMARY KEY, account TEXT NOT NULL, occurred BIGINT NOT NULL,
      kind TEXT NOT NULL, client TEXT NOT NULL, country TEXT NOT NULL, recipients BIGINT NOT NULL,
      action TEXT NOT NULL))sql",
    "CREATE INDEX activity_by_account ON activity (account, occurred)",
    "CREATE INDEX activity_by_time ON activity (occurred)",

    R"sql(CREATE TABLE audit (id BIGINT PRIMARY KEY, occurred BIGINT NOT NULL, author TEXT NOT NULL,
      origin TEXT NOT NULL, verb TEXT NOT NULL, subject TEXT NOT NULL, reason TEXT NOT NULL,
      details TEXT NOT NULL))sql",

    R"sql(CREATE TABLE api_token (id TEXT PRIMARY KEY, name TEXT NOT NULL, hash TEXT NOT NULL,
      events TEXT NOT NULL, tenant TEXT NOT NULL, author TEXT NOT NULL, created BIGINT NOT NULL,
      expires BIGINT NOT NULL, last_used BIGINT NOT NULL, revoked BIGINT NOT NULL))sql",

    "CREATE INDEX incident_by_change ON incident (anonymised, changed)",
    "CREATE INDEX standing_by_incident ON standing (incident)",
    "CREATE INDEX standing_change_by_incident ON standing_change (incident, changed)",
};

constexpr std::string_view kThird[] = {
    "ALTER TABLE outbox ADD COLUMN receipt TEXT NOT NULL DEFAULT ''",
    "ALTER TABLE outbox ADD COLUMN says TEXT NOT NULL DEFAULT ''",
    "CREATE INDEX outbox_by_kind ON outbox (kind, finished, id)",
};

constexpr std::string_view kFourth[] = {
    "ALTER TABLE ledger_schema ADD COLUMN oldest_reader BIGINT NOT NULL DEFAULT 0",
    "ALTER TABLE standing ADD COLUMN version BIGINT NOT NULL DEFAULT 0",
    "CREATE INDEX standing_by_version ON standing (version)",
    "ALTER TABLE outbox ADD COLUMN taken_by TEXT NOT NULL DEFAULT ''",

    R"sql(CREATE TABLE ledger_node (id TEXT PRIMARY KEY, name TEXT NOT NULL, version TEXT NOT NULL,
      heartbeat BIGINT NOT NULL, written BIGINT NOT NULL, spooled BIGINT NOT NULL, waiting BIGINT NOT NULL))sql",

    R"sql(CREATE TABLE spooled_write (number BIGINT PRIMARY KEY, attempt BIGINT NOT NULL, kind TEXT NOT NULL,
      body TEXT NOT NULL))sql",
};

constexpr std::string_view kFifth[] = {
    "ALTER TABLE hourly_count ADD COLUMN withdrawn BIGINT NOT NULL DEFAULT 0",

    R"sql(CREATE TABLE incident_clue (incident TEXT NOT NULL, kind TEXT NOT NULL, value TEXT NOT NULL,
      says TEXT NOT NULL, first_seen BIGINT NOT NULL, last_seen BIGINT NOT NULL, times BIGINT NOT NULL,
      PRIMARY KEY (incident, kind, value)){clustered})sql",
    "CREATE INDEX incident_clue_by_value ON incident_clue (kind, value, last_seen)",
    "CREATE INDEX incident_clue_by_time ON incident_clue (last_seen)",

    R"sql(CREATE TABLE given_answer (asker TEXT NOT NULL, request TEXT NOT NULL, digest TEXT NOT NULL,
      status BIGINT NOT NULL, body TEXT NOT NULL, given BIGINT NOT NULL, PRIMARY KEY (asker, request)))sql",
    "CREATE INDEX given_answer_by_time ON given_answer (given)",
};

constexpr std::array<std::span<const std::string_view>, 5> kSteps{kFirst, kSecond, kThird, kFourth, kFifth};

// The oldest version whose program may use tables of the newest: later steps that only add what it can do
// without leave this as it is, so that nodes may be brought up to date one after the other.
constexpr long long kOldestReader = 4;

constexpr std::array<std::string_view, 16> kTables{
    "ledger_number", "incident",       "timeline",      "standing",     "standing_change", "outbox",
    "list_entry",    "account_policy", "hourly_count",  "activity",     "audit",           "api_token",
    "ledger_node",   "spooled_write",  "incident_clue", "given_answer",
};

std::string in_dialect(std::string_view statement, SqlDialect dialect) {
  constexpr std::string_view kClustered = "{clustered}";
  constexpr std::string_view kText = " TEXT";
  const bool is_sqlite = dialect == SqlDialect::kSqlite;
  std::string text(statement);
  if (const auto at = text.find(kClustered); at != std::string::npos)
    text.replace(at, kClustered.size(), is_sqlite ? " WITHOUT ROWID" : "");
  if (is_sqlite) return text;
  // By their bytes, as SQLite sorts, whatever the language of the database.
  constexpr std::string_view kByBytes = " TEXT COLLATE \"C\"";
  for (auto at = text.find(kText); at != std::string::npos; at = text.find(kText, at + kByBytes.size()))
    text.replace(at, kText.size(), kByBytes);
  return text;
}

}  // namespace

std::uint32_t ledger_version() noexcept {
  return static_cast<std::uint32_t>(kSteps.size());
}

std::span<const std::string_view> migration_to(std::uint32_t version) {
  return kSteps.at(version - 1);
}

std::span<const std::string_view> ledger_tables() noexcept {
  return kTables;
}

std::uint32_t stored_version(soci::session& session, SqlDialect dialect) {
  const std::string tables = dialect == SqlDialect::kSqlite
                                 ? "SELECT COUNT(*) FROM sqlite_master WHERE name = 'ledger_schema'"
                                 : "SELECT COUNT(*) FROM pg_tables WHERE tablename = 'ledger_schema'"
                                   " AND schemaname = current_schema()";
  long long count = 0;
  session << tables, soci::into(count);
  if (count == 0) return 0;
  long long version = 0;
  session << "SELECT version FROM ledger_schema", soci::into(version);
  return static_cast<std::uint32_t>(version);
}

Result<void> migrate(soci::session& session, SqlDialect dialect, std::uint32_t to) {
  const std::uint32_t from = stored_version(session, dialect);
  if (from > ledger_version()) {
    long long oldest = 0;
    session << "SELECT oldest_reader FROM ledger_schema", soci::into(oldest);
    if (oldest > 0 && oldest <= static_cast<long long>(ledger_version())) return {};
    return fail(
        ErrorCode::kCorrupt,
        fmt::format("the ledger's tables are of version {}, made by a newer Postreeve; this one knows "
                    "them up to version {}: install the newer one again, or restore a backup",
                    from, ledger_version()));
  }
  if (from >= to) return {};
  if (from == 0) {
    session << "CREATE TABLE ledger_schema (version BIGINT NOT NULL)";
    session << "INSERT INTO ledger_schema (version) VALUES (0)";
  }
  for (std::uint32_t version = from + 1; version <= to; ++version) {
    for (const std::string_view statement : migration_to(version)) session << in_dialect(statement, dialect);
  }
  const auto reached = static_cast<long long>(to);
  session << "UPDATE ledger_schema SET version = :version", soci::use(reached, "version");
  if (to >= 4)
    session << "UPDATE ledger_schema SET oldest_reader = :oldest", soci::use(kOldestReader, "oldest");
  return {};
}

}  // namespace postreeve
