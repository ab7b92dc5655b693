// The reading half of the incident book.
#include <limits>

#include "store/ledger/incident_book.h"
#include "store/ledger/rows.h"
#include "store/ledger/sql.h"

namespace postreeve {
namespace {

constexpr std::string_view kIncidentColumns =
    "SELECT id, account, tenant, opened, changed, level, scope, outcome, is_observed, outgo_messages,"
    " outgo_recipients, outgo_since, risk, first_evidence, cause, assignee FROM incident ";

struct IncidentColumns {
  std::string id;
  std::string account;
  std::string tenant;
  long long opened = 0;
  long long changed = 0;
  std::string level;
  std::string scope;
  std::string outcome;
  int is_observed = 0;
  long long messages = 0;
  long long recipients = 0;
  long long since = 0;
  double risk = 0;
  std::string first_evidence;
  std::string cause;
  std::string assignee;

  auto tie() {
    return std::tie(id, account, tenant, opened, changed, level, scope, outcome, is_observed, messages,
                    recipients, since, risk, first_evidence, cause, assignee);
  }
};

std::uint32_t seconds_from(long long stored) {
  return stored == 0 ? 0 : to_seconds32(time_from(stored));
}

Result<IncidentRow> row_of(const IncidentColumns& columns) {
  auto id = incident_from(columns.id);
  auto account = account_from(columns.account);
  auto level = level_from(columns.level);
  auto scope = scope_from(columns.scope);
  auto outcome = enum_from<Outcome>(columns.outcome, 4);
  if (!id) return fail(id.error());
  if (!account) return fail(account.error());
  if (!level) return fail(level.error());
  if (!scope) return fail(scope.error());
  if (!outcome) return fail(outcome.error());
  return IncidentRow{.id = *id,
                     .account = *std::move(account),
                     .tenant = columns.tenant,
                     .opened = time_from(columns.opened),
                     .changed = time_from(columns.changed),
                     .level = *level,
                     .scope = *scope,
                     .outcome = *outcome,
                     .is_observed = columns.is_observed != 0,
                     .outgo = {.messages = count_from(columns.messages),
                               .recipients = count_from(columns.recipients),
                               .since = seconds_from(columns.since)},
                     .risk = columns.risk,
                     .first_evidence = columns.first_evidence,
                     .cause = columns.cause,
                     .assignee = columns.assignee};
}

template <typename... Values>
Result<void> select_incidents(soci::session& session, const std::string& condition,
                              std::vector<IncidentRow>& rows, const Values&... values) {
  IncidentColumns columns;
  const auto on_row = [&]() -> Result<void> {
    auto row = row_of(columns);
    if (!row) return fail(row.error());
    rows.push_back(*std::move(row));
    return {};
  };
  return each_row(session, std::string(kIncidentColumns) + condition, columns.tie(), on_row, values...);
}

template <typename... Values>
Result<void> select_standings(soci::session& session, const std::string& condition,
                              std::vector<StandingRow>& rows, const Values&... values) {
  std::string account_text;
  std::string key_text;
  std::string tenant;
  std::string level_text;
  std::string scope_text;
  std::string incident_text;
  long long since = 0;
  long long until = 0;
  long long changed = 0;
  long long version = 0;
  int is_observed = 0;
  const auto on_row = [&]() -> Result<void> {
    auto account = account_from(account_text);
    auto key = hash_from(key_text);
    auto level = level_from(level_text);
    auto scope = scope_from(scope_text);
    auto incident = incident_from(incident_text);
    if (!account) return fail(account.error());
    if (!key) return fail(key.error());
    if (!level) return fail(level.error());
    if (!scope) return fail(scope.error());
    if (!incident) return fail(incident.error());
    const Standing standing{.since = seconds_from(since),
                            .until = seconds_from(until),
                            .incident = *incident,
                            .level = *level,
                            .scope = *scope};
    rows.push_back({.account = *std::move(account),
                    .key = *key,
                    .tenant = tenant,
                    .standing = standing,
                    .is_observed = is_observed != 0,
                    .changed = time_from(changed),
                    .version = static_cast<std::uint64_t>(version)});
    return {};
  };
  return each_row(session,
                  "SELECT account, account_key, tenant, level, scope, since, until, incident, is_observed,"
                  " changed, version FROM standing " +
                      condition,
                  std::tie(account_text, key_text, tenant, level_text, scope_text, since, until,
                           incident_text, is_observed, changed, version),
                  on_row, values...);
}

}  // namespace

Result<std::vector<IncidentRow>> IncidentBook::find(const IncidentQuery& query) const {
  std::vector<IncidentRow> rows;
  const auto outcome = database_.read([&](soci::session& session) -> Result<void> {
    // Incidents of one millisecond are in the order of their ids.
    const std::string before = stored_incident(query.before);
    long long opened = std::numeric_limits<long long>::max();
    if (query.before.known() &&
        !first_row(session, "SELECT opened FROM incident WHERE id = :id", std::tie(opened), before)) {
      return no_incident(query.before);
    }
    const std::string of_outcome = query.outcome ? word(*query.outcome) : std::string{};
    const std::string of_account = query.account ? stored_account(*query.account) : std::string{};
    const long long since = query.since ? stored_time(*query.since) : std::numeric_limits<long long>::min();
    return select_incidents(session,
                            "WHERE (opened < :o1 OR (opened = :o2 AND id < :before)) AND opened >= :since"
                            " AND (:no_outcome = 1 OR outcome = :outcome)"
                            " AND (:no_account = 1 OR account = :account)"
                            " ORDER BY opened DESC, id DESC LIMIT :most",
                            rows, opened, opened, before, since, flag(!query.outcome), of_outcome,
                            flag(!query.account), of_account, static_cast<long long>(query.most));
  });
  if (!outcome) return fail(outcome.error());
  return rows;
}

Result<IncidentRow> IncidentBook::get(IncidentId incident) const {
  std::vector<IncidentRow> rows;
  const auto outcome = database_.read([&](soci::session& session) {
    return select_incidents(session, "WHERE id = :id", rows, stored_incident(incident));
  });
  if (!outcome) return fail(outcome.error());
  if (rows.empty()) return no_incident(incident);
  return std::move(rows.front());
}

Result<std::vector<TimelineRow>> IncidentBook::timeline(IncidentId incident) const {
  std::vector<TimelineRow> rows;
  const auto outcome = database_.read([&](soci::session& session) {
    long long id = 0;
    long long occurred = 0;
    std::string kind_text;
    TimelineRow row;
    row.incident = incident;
    const auto on_row = [&]() -> Result<void> {
      auto kind = enum_from<EntryKind>(kind_text, 5);
      if (!kind) return fail(kind.error());
      row.id = static_cast<std::uint64_t>(id);
      row.time = time_from(occurred);
      row.kind = *kind;
      rows.push_back(row);
      return {};
    };
    return each_row(session,
                    "SELECT id, occurred, kind, author, says, details FROM timeline"
                    " WHERE incident = :incident ORDER BY occurred, id",
                    std::tie(id, occurred, kind_text, row.author, row.text, row.details), on_row,
                    stored_incident(incident));
  });
  if (!outcome) return fail(outcome.error());
  return rows;
}

Result<std::vector<StandingRow>> IncidentBook::standings() const {
  std::vector<StandingRow> rows;
  const auto outcome = database_.read([&](soci::session& session) {
    return select_standings(session, "WHERE level <> :clear ORDER BY account", rows, word(Level::kClear));
  });
  if (!outcome) return fail(outcome.error());
  return rows;
}

Result<std::vector<StandingRow>> IncidentBook::lifted() const {
  std::vector<StandingRow> rows;
  const auto outcome = database_.read([&](soci::session& session) {
    return select_standings(
        session,
        "WHERE level = :clear AND changed >= (SELECT MAX(changed) FROM standing) - 3600000"
        " ORDER BY account",
        rows, word(Level::kClear));
  });
  if (!outcome) return fail(outcome.error());
  return rows;
}

Result<std::vector<StandingRow>> IncidentBook::changed_since(std::uint64_t version,
                                                             std::uint32_t most) const {
  std::vector<StandingRow> rows;
  const auto outcome = database_.read([&](soci::session& session) {
    return select_standings(session, "WHERE version > :version ORDER BY version LIMIT :most", rows,
                            static_cast<long long>(version), static_cast<long long>(most));
  });
  if (!outcome) return fail(outcome.error());
  return rows;
}

bool IncidentBook::is_settled() const {
  return database_.health().is_up && database_.is_settled();
}

Result<std::optional<StandingRow>> IncidentBook::standing_of(const AccountId& account) const {
  std::vector<StandingRow> rows;
  const auto outcome = database_.read([&](soci::session& session) {
    return select_standings(session, "WHERE account = :account", rows, stored_account(account));
  });
  if (!outcome) return fail(outcome.error());
  if (rows.empty()) return std::nullopt;
  return std::move(rows.front());
}

}  // namespace postreeve
