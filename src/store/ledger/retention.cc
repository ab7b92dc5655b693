#include "store/ledger/retention.h"

#include <string>
#include <vector>

#include <fmt/format.h>

#include "store/ledger/numbering.h"
#include "store/ledger/rows.h"
#include "store/ledger/sql.h"

namespace postreeve {
namespace {

// Each write takes some milliseconds of the ledger's thread.
constexpr long long kRowsAWrite = 1'000;
constexpr long long kIncidentsAWrite = 50;

// What is finished of an incident is needed as long as something of it is not: undoing reads its receipts.
constexpr const char* kAllIsFinished =
    " AND finished > 0 AND NOT EXISTS (SELECT 1 FROM outbox AS other"
    " WHERE other.incident = outbox.incident AND other.finished = 0)";
// After which nothing of a forgotten account is waited for any more.
constexpr Duration kLongestUndoing = std::chrono::days{30};

// A run of retention: what it has done, and whether it is to go on.
struct Run {
  RetentionReport report;
  std::stop_token stop;
};

struct Named {
  std::string id;
  std::string account;
};

// Those whose names are due, and whose account is not restricted because of them.
Result<std::vector<Named>> due_incidents(LedgerDatabase& database, Timestamp now, Timestamp before) {
  std::vector<Named> due;
  const auto outcome = database.read([&](soci::session& session) {
    Named row;
    const auto on_row = [&]() -> Result<void> {
      due.push_back(row);
      return {};
    };
    return each_row(session,
                    "SELECT id, account FROM incident WHERE anonymised = 0 AND changed < :before"
                    " AND NOT EXISTS (SELECT 1 FROM standing WHERE standing.incident = incident.id"
                    " AND standing.level <> 'clear' AND (standing.until = 0 OR standing.until > :now))"
                    " ORDER BY changed, id LIMIT :most",
                    std::tie(row.id, row.account), on_row, stored_time(before), stored_time(now),
                    kIncidentsAWrite);
  });
  if (!outcome) return fail(outcome.error());
  return due;
}

void anonymise(soci::session& session, const Named& incident, const HashKey& key, Timestamp now) {
  const std::string placeholder = placeholder_of(key, incident.account);
  const std::string nothing = "(anonymised)";
  execute(session,
          "UPDATE incident SET account = :account, account_key = :nobody, first_evidence = :nothing,"
          " anonymised = :now WHERE id = :id",
          placeholder, stored_hash({}), nothing, stored_time(now), incident.id);
  // Of a finding the numbers stay, which name nobody.
  execute(session,
          "UPDATE timeline SET says = :nothing, details = CASE WHEN kind = 'evidence' THEN details ELSE ''"
          " END WHERE incident = :id",
          nothing, incident.id);
  execute(session, "UPDATE standing_change SET account = :account, reason = '' WHERE incident = :id",
          placeholder, incident.id);
  execute(session, "DELETE FROM incident_clue WHERE incident = :id", incident.id);
  execute(session, fmt::format("DELETE FROM outbox WHERE incident = :id{}", kAllIsFinished), incident.id);
}

Result<void> anonymise_incidents(LedgerDatabase& database, Duration after, const HashKey& key, Timestamp now,
                                 Run& run) {
  while (!run.stop.stop_requested()) {
    const auto due = due_incidents(database, now, now - after);
    if (!due) return fail(due.error());
    if (due->empty()) return {};
    auto written = database.write([&](soci::session& session) -> Result<void> {
      for (const Named& incident : *due) anonymise(session, incident, key, now);
      return {};
    });
    if (!written) return written;
    run.report.anonymised_incidents += due->size();
  }
  return {};
}

// Carries out `statement` (with :before and :most) until it finds nothing more. `what` other nodes follow;
// empty: nobody.
Result<void> delete_in_parts(LedgerDatabase& database, const std::string& statement, Timestamp before,
                             Run& run, std::string_view what = {}) {
  while (!run.stop.stop_requested()) {
    long long deleted = 0;
    auto written = database.write([&](soci::session& session) -> Result<void> {
      deleted = execute(session, statement, stored_time(before), kRowsAWrite);
      if (deleted > 0 && !what.empty()) announce(session, what);
      return {};
    });
    if (!written) return written;
    run.report.deleted_rows += static_cast<std::uint64_t>(deleted);
    if (deleted == 0) return {};
  }
  return {};
}

Result<void> delete_hourly_counts(LedgerDatabase& database, Timestamp before, Run& run) {
  while (!run.stop.stop_requested()) {
    long long deleted = 0;
    auto written = database.write([&](soci::session& session) -> Result<void> {
      long long hour = 0;
      deleted = 0;
      if (!first_row(session, "SELECT hour FROM hourly_count WHERE hour < :before ORDER BY hour LIMIT 1",
                     std::tie(hour), stored_time(before))) {
        return {};
      }
      deleted = execute(session,
                        "DELETE FROM hourly_count WHERE hour = :h1 AND account IN"
                        " (SELECT account FROM hourly_count WHERE hour = :h2 LIMIT :most)",
                        hour, hour, kRowsAWrite);
      return {};
    });
    if (!written) return written;
    run.report.deleted_rows += static_cast<std::uint64_t>(deleted);
    if (deleted == 0) return {};
  }
  return {};
}

// Standings that say nothing any more, and changes that belong to no incident, name accounts too.
constexpr const char* kOldStandings =
    "DELETE FROM standing WHERE account IN (SELECT account FROM standing"
    " WHERE (level IN ('clear', 'watched') AND changed < :before) OR (until > 0 AND until < :before2)"
    " LIMIT :most)";

Result<void> delete_old_standings(LedgerDatabase& database, Timestamp before, Run& run) {
  while (!run.stop.stop_requested()) {
    long long deleted = 0;
    auto written = database.write([&](soci::session& session) -> Result<void> {
      deleted = execute(session, kOldStandings, stored_time(before), stored_time(before), kRowsAWrite);
      if (deleted > 0) announce(session, "forgotten");
      return {};
    });
    if (!written) return written;
    run.report.deleted_rows += static_cast<std::uint64_t>(deleted);
    if (deleted == 0) return {};
  }
  return {};
}

Result<std::vector<Named>> incidents_of(LedgerDatabase& database, const AccountId& account) {
  std::vector<Named> all;
  const auto outcome = database.read([&](soci::session& session) {
    Named row;
    const auto on_row = [&]() -> Result<void> {
      all.push_back(row);
      return {};
    };
    return each_row(session,
                    "SELECT id, account FROM incident WHERE account = :account ORDER BY id LIMIT :most",
                    std::tie(row.id, row.account), on_row, stored_account(account), kIncidentsAWrite);
  });
  if (!outcome) return fail(outcome.error());
  return all;
}

// By hours, since the counts are found by hour and account.
long long delete_counts(soci::session& session, const std::string& account) {
  long long deleted = 0;
  long long hour = -1;
  while (first_row(session, "SELECT hour FROM hourly_count WHERE hour > :hour ORDER BY hour LIMIT 1",
                   std::tie(hour), hour)) {
    deleted +=
        execute(session, "DELETE FROM hourly_count WHERE hour = :hour AND account = :account", hour, account);
  }
  return deleted;
}

}  // namespace

std::string placeholder_of(const HashKey& key, std::string_view account) {
  // Another hash than the one in learned state, which would lead back to the record.
  const Hash128 hash = keyed_hash(key, "anonymous " + std::string(account));
  return fmt::format("anonymous-{:016x}", hash.low);
}

Result<RetentionReport> apply_retention(LedgerDatabase& database, const RetentionSettings& settings,
                                        const HashKey& key, Timestamp now, const std::stop_token& stop) {
  Run run{.report = {}, .stop = stop};
  // What forgetting an account had to leave.
  Result<void> done =
      delete_in_parts(database,
                      fmt::format("DELETE FROM outbox WHERE id IN (SELECT id FROM outbox WHERE incident IN"
                                  " (SELECT id FROM incident WHERE anonymised > :since){} LIMIT :most)",
                                  kAllIsFinished),
                      now - kLongestUndoing, run);
  if (done && settings.incident_names != Duration{}) {
    const Timestamp before = now - settings.incident_names;
    done = anonymise_incidents(database, settings.incident_names, key, now, run);
    if (done) done = delete_old_standings(database, before, run);
    if (done) {
      done = delete_in_parts(database,
                             "DELETE FROM standing_change WHERE incident = '' AND changed < :before"
                             " AND changed <= (SELECT MAX(changed) FROM (SELECT changed FROM standing_change"
                             " WHERE incident = '' ORDER BY changed LIMIT :most) AS oldest)",
                             before, run);
    }
  }
  if (done && settings.activity != Duration{}) {
    done = delete_in_parts(database,
                           "DELETE FROM activity WHERE id IN (SELECT id FROM activity"
                           " WHERE occurred < :before ORDER BY occurred LIMIT :most)",
                           now - settings.activity, run);
  }
  if (done && settings.hourly_counts != Duration{}) {
    done = delete_hourly_counts(database, now - settings.hourly_counts, run);
  }
  if (done && settings.finished_actions != Duration{}) {
    done = delete_in_parts(database,
                           "DELETE FROM outbox WHERE id IN (SELECT id FROM outbox WHERE finished > 0"
                           " AND finished < :before AND NOT EXISTS (SELECT 1 FROM standing WHERE"
                           " standing.incident = outbox.incident AND standing.level <> 'clear')"
                           " ORDER BY id LIMIT :most)",
                           now - settings.finished_actions, run);
  }
  if (done && settings.expired_list_entries != Duration{}) {
    done = delete_in_parts(database,
                           "DELETE FROM list_entry WHERE (list, value) IN (SELECT list, value FROM list_entry"
                           " WHERE expires > 0 AND expires < :before ORDER BY list, value LIMIT :most)",
                           now - settings.expired_list_entries, run, "rules");
  }
  if (done && settings.given_answers != Duration{}) {
    done = delete_in_parts(database,
                           "DELETE FROM given_answer WHERE (asker, request) IN (SELECT asker, request FROM"
                           " given_answer WHERE given < :before ORDER BY given LIMIT :most)",
                           now - settings.given_answers, run);
  }
  if (!done) return fail(done.error());
  return run.report;
}

Result<ForgetReport> forget_account(LedgerDatabase& database, const AccountId& account, const HashKey& key,
                                    Timestamp now) {
  ForgetReport report;
  while (true) {
    const auto incidents = incidents_of(database, account);
    if (!incidents) return fail(incidents.error());
    if (incidents->empty()) break;
    auto written = database.write([&](soci::session& session) -> Result<void> {
      for (const Named& incident : *incidents) anonymise(session, incident, key, now);
      return {};
    });
    if (!written) return fail(written.error());
    report.anonymised_incidents += incidents->size();
  }
  const std::string stored = stored_account(account);
  long long deleted = 0;
  auto written = database.write([&](soci::session& session) -> Result<void> {
    deleted = delete_counts(session, stored);
    for (const char* statement : {"DELETE FROM standing WHERE account = :account",
                                  "DELETE FROM standing_change WHERE account = :account",
                                  "DELETE FROM activity WHERE account = :account"})
      deleted += execute(session, statement, stored);
    deleted += execute(session, fmt::format("DELETE FROM outbox WHERE account = :account{}", kAllIsFinished),
                       stored);
    const auto policies = execute(session, "DELETE FROM account_policy WHERE account = :account", stored);
    deleted += policies;
    announce(session, "forgotten");
    if (policies > 0) announce(session, "rules");
    return {};
  });
  if (!written) return fail(written.error());
  report.deleted_rows = static_cast<std::uint64_t>(deleted);
  return report;
}

Result<void> forget_counts(LedgerDatabase& database, const AccountId& account) {
  return database.write([stored = stored_account(account)](soci::session& session) -> Result<void> {
    delete_counts(session, stored);
    execute(session, "DELETE FROM activity WHERE account = :account", stored);
    return {};
  });
}

}  // namespace postreeve
