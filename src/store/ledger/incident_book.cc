#include "store/ledger/incident_book.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <utility>

#include <fmt/format.h>

#include "base/json_writer.h"
#include "store/ledger/numbering.h"
#include "store/ledger/rows.h"
#include "store/ledger/sql.h"

namespace postreeve {
namespace {

IncidentId incident_of(const StandingChange& change) {
  return change.after.incident.known() ? change.after.incident : change.before.incident;
}

bool is_observed(const StandingEntry& entry) {
  return entry.is_observed || entry.change.observed_only;
}

double finite(double value) {
  return std::isfinite(value) ? value : 0;
}

long long stored_seconds(std::uint32_t seconds) {
  return seconds == 0 ? 0 : stored_time(from_seconds32(seconds));
}

// "held for unfamiliar origins until 2026-03-02T08:00:00.000Z; was clear before"
std::string sentence_of(const StandingEntry& entry) {
  const Standing& after = entry.change.after;
  std::string text(to_text(after.level));
  if (is_restriction(after.level)) {
    text += after.scope == Scope::kWholeAccount ? " for the whole account" : " for unfamiliar origins";
  }
  if (after.until != 0) text += " until " + format_rfc3339(from_seconds32(after.until));
  text += fmt::format("; was {} before", to_text(entry.change.before.level));
  if (is_observed(entry)) text += "; only observed, nothing was restricted";
  if (!entry.reason.empty()) text += ": " + entry.reason;
  return text;
}

std::string details_of(const StandingEntry& entry) {
  fmt::memory_buffer out;
  JsonWriter json(out);
  json.begin_object();
  json.key("before").text(to_text(entry.change.before.level));
  json.key("after").text(to_text(entry.change.after.level));
  json.key("scope").text(to_text(entry.change.after.scope));
  json.key("risk").decimal(finite(entry.risk));
  json.key("messages_out").number(entry.change.outgo.messages);
  json.key("recipients_out").number(entry.change.outgo.recipients);
  if (!entry.client.empty()) json.key("client").text(stored_line(entry.client, 64));
  if (!entry.reason.empty()) json.key("reason").text(stored_line(entry.reason));
  json.end_object();
  return fmt::to_string(out);
}

std::string details_of(const SaidEvidence& evidence) {
  fmt::memory_buffer out;
  JsonWriter json(out);
  json.begin_object();
  json.key("detector").text(stored_line(evidence.detector, 64));
  json.key("group").text(stored_line(evidence.group, 64));
  json.key("nats").decimal(finite(evidence.nats));
  json.end_object();
  return fmt::to_string(out);
}

std::string weightiest_of(const std::vector<SaidEvidence>& evidence) {
  const auto heavier = [](const SaidEvidence& a, const SaidEvidence& b) { return a.nats < b.nats; };
  const auto most = std::ranges::max_element(evidence, heavier);
  return most == evidence.end() ? std::string{} : stored_line(most->says);
}

// False when the change was recorded before.
bool add_change(soci::session& session, const StandingEntry& entry) {
  const StandingChange& change = entry.change;
  const auto added = execute(
      session,
      "INSERT INTO standing_change (account, changed, level, incident, level_before, scope, until,"
      " is_observed, risk, author, reason) VALUES (:account, :changed, :level, :incident, :level_before,"
      " :scope, :until, :is_observed, :risk, :author, :reason) ON CONFLICT DO NOTHING",
      stored_account(entry.account), stored_time(change.time), word(change.after.level),
      stored_incident(incident_of(change)), word(change.before.level), word(change.after.scope),
      stored_seconds(change.after.until), flag(is_observed(entry)), finite(entry.risk),
      stored_line(entry.author, 320), stored_line(entry.reason));
  return added > 0;
}

void set_standing(soci::session& session, const StandingEntry& entry) {
  const Standing& after = entry.change.after;
  execute(session,
          "INSERT INTO standing (account, account_key, tenant, level, scope, since, until, incident,"
          " is_observed, changed) VALUES (:account, :account_key, :tenant, :level, :scope, :since, :until,"
          " :incident, :is_observed, :changed)"
          " ON CONFLICT (account) DO UPDATE SET account_key = excluded.account_key,"
          " tenant = excluded.tenant, level = excluded.level, scope = excluded.scope,"
          " since = excluded.since, until = excluded.until, incident = excluded.incident,"
          " is_observed = excluded.is_observed, changed = excluded.changed",
          stored_account(entry.account), stored_hash(entry.key), stored_line(entry.tenant, 320),
          word(after.level), word(after.scope), stored_seconds(after.since), stored_seconds(after.until),
          stored_incident(after.incident), flag(is_observed(entry)), stored_time(entry.change.time));
}

void open_incident(soci::session& session, const StandingEntry& entry) {
  const StandingChange& change = entry.change;
  execute(session,
          "INSERT INTO incident (id, account, account_key, tenant, opened, changed, level, scope, outcome,"
          " is_observed, outgo_messages, outgo_recipients, outgo_since, risk, first_evidence, cause,"
          " assignee, anonymised) VALUES (:id, :account, :account_key, :tenant, :opened, :changed, :level,"
          " :scope, :outcome, :is_observed, :messages, :recipients, :since, :risk, :evidence, '', '', 0)",
          stored_incident(incident_of(change)), stored_account(entry.account), stored_hash(entry.key),
          stored_line(entry.tenant, 320), stored_time(change.time), stored_time(change.time),
          word(change.after.level), word(change.after.scope), word(Outcome::kOpen), flag(is_observed(entry)),
          static_cast<long long>(change.outgo.messages), static_cast<long long>(change.outgo.recipients),
          stored_seconds(change.outgo.since), finite(entry.risk), weightiest_of(entry.evidence));
}

// The outcome that a change brings by itself: a person's stays.
Outcome outcome_after(Outcome before, Level after) {
  if (before == Outcome::kOpen && after == Level::kClear) return Outcome::kEnded;
  if (before == Outcome::kEnded && is_restriction(after)) return Outcome::kOpen;
  return before;
}

// False when the incident is not there.
Result<bool> update_incident(soci::session& session, const StandingEntry& entry, bool is_latest) {
  const StandingChange& change = entry.change;
  const std::string id = stored_incident(incident_of(change));
  std::string level_text;
  std::string scope_text;
  std::string outcome_text;
  if (!first_row(session, "SELECT level, scope, outcome FROM incident WHERE id = :id",
                 std::tie(level_text, scope_text, outcome_text), id)) {
    return false;
  }
  const auto level = level_from(level_text);
  const auto scope = scope_from(scope_text);
  const auto outcome = enum_from<Outcome>(outcome_text, 4);
  if (!level) return fail(level.error());
  if (!scope) return fail(scope.error());
  if (!outcome) return fail(outcome.error());
  const Scope scope_now = is_restriction(change.after.level) ? std::max(*scope, change.after.scope) : *scope;
  // Once something was restricted the incident is no longer one that was only observed.
  execute(session,
          "UPDATE incident SET changed = :changed, level = :level, scope = :scope, outcome = :outcome,"
          " is_observed = is_observed * :is_observed,"
          " outgo_messages = CASE WHEN outgo_messages > :m1 THEN outgo_messages ELSE :m2 END,"
          " outgo_recipients = CASE WHEN outgo_recipients > :r1 THEN outgo_recipients ELSE :r2 END,"
          " outgo_since = CASE WHEN outgo_since > 0 THEN outgo_since ELSE :since END,"
          " risk = CASE WHEN risk > :k1 THEN risk ELSE :k2 END WHERE id = :id",
          stored_time(change.time), word(std::max(*level, change.after.level)), word(scope_now),
          word(is_latest ? outcome_after(*outcome, change.after.level) : *outcome), flag(is_observed(entry)),
          static_cast<long long>(change.outgo.messages), static_cast<long long>(change.outgo.messages),
          static_cast<long long>(change.outgo.recipients), static_cast<long long>(change.outgo.recipients),
          stored_seconds(change.outgo.since), finite(entry.risk), finite(entry.risk), id);
  return true;
}

void tell(soci::session& session, const StandingEntry& entry) {
  TimelineRow row;
  row.incident = incident_of(entry.change);
  row.time = entry.change.time;
  row.kind = EntryKind::kStanding;
  row.author = entry.author;
  row.text = sentence_of(entry);
  row.details = details_of(entry);
  std::uint64_t number = take_numbers(session, "timeline", 1 + entry.evidence.size());
  insert_line(session, row, number);
  row.kind = EntryKind::kEvidence;
  for (const SaidEvidence& evidence : entry.evidence) {
    row.text = evidence.says;
    row.details = details_of(evidence);
    insert_line(session, row, ++number);
  }
}

bool is_stored(soci::session& session, const StandingEntry& entry) {
  const Standing& before = entry.change.before;
  int count = 0;
  first_row(session,
            "SELECT COUNT(*) FROM standing WHERE account = :account AND level = :level AND scope = :scope"
            " AND since = :since AND until = :until AND incident = :incident",
            std::tie(count), stored_account(entry.account), word(before.level), word(before.scope),
            stored_seconds(before.since), stored_seconds(before.until), stored_incident(before.incident));
  return count > 0;
}

Result<void> record_in(soci::session& session, const StandingEntry& entry, bool is_latest) {
  if (entry.ends_stored && !is_stored(session, entry)) return {};
  if (!add_change(session, entry)) return {};
  if (is_latest) set_standing(session, entry);
  const IncidentId incident = incident_of(entry.change);
  if (incident.known()) {
    const auto updated = update_incident(session, entry, is_latest);
    if (!updated) return fail(updated.error());
    if (!*updated) open_incident(session, entry);
    tell(session, entry);
  }
  return Outbox::insert(session, incident, entry.account, entry.actions, entry.change.time);
}

std::unexpected<Error> no_incident(IncidentId incident) {
  return fail(ErrorCode::kNotFound, fmt::format("there is no incident {}", incident.to_string()));
}

// Sets one column of text.
Result<void> set(LedgerDatabase& database, IncidentId incident, const std::string& statement,
                 const std::string& value) {
  return database.write([=](soci::session& session) -> Result<void> {
    if (execute(session, statement, stored_line(value), stored_incident(incident)) == 0) {
      return no_incident(incident);
    }
    return {};
  });
}

}  // namespace

std::string_view to_text(Outcome outcome) noexcept {
  static constexpr std::array<std::string_view, 4> kTexts{"open", "confirmed", "dismissed", "ended"};
  return kTexts[static_cast<std::size_t>(outcome)];
}

IncidentBook::IncidentBook(LedgerDatabase& database)
    : database_(database), newest_(std::make_shared<Newest>()) {}

// Two threads may bring changes of one account here in the wrong order, and what a full disk did not take
// comes again much later.
LedgerDatabase::Work IncidentBook::recording(StandingEntry entry) const {
  return [entry = std::move(entry), newest = newest_](soci::session& session) {
    constexpr std::size_t kMostRemembered = 1'000'000;
    const std::uint64_t number = entry.change.number;
    if (number == 0) return record_in(session, entry, true);
    if (newest->size() >= kMostRemembered) newest->clear();
    std::uint64_t& latest = (*newest)[entry.key];
    Result<void> recorded = record_in(session, entry, number >= latest);
    if (recorded) latest = std::max(latest, number);
    return recorded;
  };
}

void IncidentBook::record(StandingEntry entry, LedgerDatabase::Committed done) {
  database_.write(recording(std::move(entry)), std::move(done));
}

Result<void> IncidentBook::record(StandingEntry entry) {
  return database_.write(recording(std::move(entry)));
}

Result<void> IncidentBook::add_entry(TimelineRow entry) {
  if (auto sound = check_line(entry); !sound) return sound;
  return database_.write(
      [entry = std::move(entry)](soci::session& session) { return add_to_timeline(session, entry); });
}

Result<void> IncidentBook::settle(IncidentId incident, Outcome outcome, const TimelineRow& judgement,
                                  const std::vector<OutboxAction>& actions) {
  if (auto sound = check_line(judgement); !sound) return sound;
  return database_.write([=](soci::session& session) -> Result<void> {
    std::string account_text;
    if (!first_row(session, "SELECT account FROM incident WHERE id = :id", std::tie(account_text),
                   stored_incident(incident)))
      return no_incident(incident);
    const Result<AccountId> account = account_from(account_text);
    if (!account) return fail(account.error());
    execute(session, "UPDATE incident SET outcome = :outcome WHERE id = :id", word(outcome),
            stored_incident(incident));
    TimelineRow row = judgement;
    row.incident = incident;
    row.kind = EntryKind::kJudgement;
    if (auto added = add_to_timeline(session, row); !added) return added;
    return Outbox::insert(session, incident, *account, actions, judgement.time);
  });
}

Result<void> IncidentBook::set_cause(IncidentId incident, const std::string& cause) {
  return set(database_, incident, "UPDATE incident SET cause = :cause WHERE id = :id", cause);
}

Result<void> IncidentBook::assign(IncidentId incident, const std::string& assignee) {
  return set(database_, incident, "UPDATE incident SET assignee = :assignee WHERE id = :id", assignee);
}

}  // namespace postreeve
