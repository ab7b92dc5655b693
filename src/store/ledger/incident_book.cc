#include "store/ledger/incident_book.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <utility>

#include <fmt/format.h>

#include "base/json_writer.h"
#include "store/ledger/numbering.h"
#include "store/ledger/rows.h"
#include "store/ledger/spool.h"
#include "store/ledger/sql.h"
#include "store/ledger/sql_session.h"

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
          " is_observed, changed, version) VALUES (:account, :account_key, :tenant, :level, :scope, :since,"
          " :until, :incident, :is_observed, :changed, :version)"
          " ON CONFLICT (account) DO UPDATE SET account_key = excluded.account_key,"
          " tenant = excluded.tenant, level = excluded.level, scope = excluded.scope,"
          " since = excluded.since, until = excluded.until, incident = excluded.incident,"
          " is_observed = excluded.is_observed, changed = excluded.changed, version = excluded.version",
          stored_account(entry.account), stored_hash(entry.key), stored_line(entry.tenant, 320),
          word(after.level), word(after.scope), stored_seconds(after.since), stored_seconds(after.until),
          stored_incident(after.incident), flag(is_observed(entry)), stored_time(entry.change.time),
          static_cast<long long>(announce(session, "standing")));
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
          " opened = CASE WHEN opened > :t1 THEN :t2 ELSE opened END,"
          " first_evidence = CASE WHEN first_evidence = '' THEN :evidence ELSE first_evidence END,"
          " outgo_messages = CASE WHEN outgo_messages > :m1 THEN outgo_messages ELSE :m2 END,"
          " outgo_recipients = CASE WHEN outgo_recipients > :r1 THEN outgo_recipients ELSE :r2 END,"
          " outgo_since = CASE WHEN outgo_since > 0 THEN outgo_since ELSE :since END,"
          " risk = CASE WHEN risk > :k1 THEN risk ELSE :k2 END WHERE id = :id",
          stored_time(change.time), word(std::max(*level, change.after.level)), word(scope_now),
          word(is_latest ? outcome_after(*outcome, change.after.level) : *outcome), flag(is_observed(entry)),
          stored_time(change.time), stored_time(change.time), weightiest_of(entry.evidence),
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

struct Judge {
  std::string author;
  Timestamp time{};
};

Result<void> settle_in(soci::session& session, const IncidentJudgement& judgement, const Judge& judge) {
  std::string account_text;
  if (!first_row(session, "SELECT account FROM incident WHERE id = :id", std::tie(account_text),
                 stored_incident(judgement.incident)))
    return no_incident(judgement.incident);
  const Result<AccountId> account = account_from(account_text);
  if (!account) return fail(account.error());
  execute(session, "UPDATE incident SET outcome = :outcome WHERE id = :id", word(judgement.outcome),
          stored_incident(judgement.incident));
  TimelineRow row;
  row.incident = judgement.incident;
  row.time = judge.time;
  row.kind = EntryKind::kJudgement;
  row.author = judge.author;
  row.text = judgement.text;
  if (auto added = add_to_timeline(session, row); !added) return added;
  return Outbox::insert(session, judgement.incident, *account, judgement.actions, judge.time);
}

bool is_stored(soci::session& session, const StandingEntry& entry, const Standing& standing) {
  int count = 0;
  first_row(session,
            "SELECT COUNT(*) FROM standing WHERE account = :account AND level = :level AND scope = :scope"
            " AND since = :since AND until = :until AND incident = :incident",
            std::tie(count), stored_account(entry.account), word(standing.level), word(standing.scope),
            stored_seconds(standing.since), stored_seconds(standing.until),
            stored_incident(standing.incident));
  return count > 0;
}

bool is_known(soci::session& session, IncidentId incident) {
  int count = 0;
  first_row(session, "SELECT COUNT(*) FROM incident WHERE id = :id", std::tie(count),
            stored_incident(incident));
  return count > 0;
}

enum class Overruled : std::uint8_t {
  kNot,
  kByWhatCameOfIt,  // of the same incident, and told earlier by another node
  kByAnother,
};

// Whether the account has a standing at least as severe that whoever made the change did not know of: another
// node set it a moment before, or while this one was cut off. One that only observed restricts nobody.
Overruled is_overruled(soci::session& session, const StandingEntry& entry) {
  const StandingChange& change = entry.change;
  std::string level_text;
  std::string incident;
  long long until = 0;
  int was_observed = 0;
  if (!first_row(session, "SELECT level, incident, until, is_observed FROM standing WHERE account = :account",
                 std::tie(level_text, incident, until, was_observed), stored_account(entry.account))) {
    return Overruled::kNot;
  }
  const auto level = level_from(level_text);
  const bool is_over = until != 0 && until <= stored_time(change.time);
  const bool was_known =
      level && *level == change.before.level && incident == stored_incident(change.before.incident);
  const bool restricts = level && is_restriction(*level) && (was_observed == 0 || is_observed(entry));
  if (!restricts || *level < change.after.level || is_over || was_known) return Overruled::kNot;
  const bool is_same_story = incident == stored_incident(change.after.incident);
  return is_same_story && *level > change.after.level ? Overruled::kByWhatCameOfIt : Overruled::kByAnother;
}

// So that the node that made the change learns what holds instead.
void repeat_standing(soci::session& session, const StandingEntry& entry) {
  execute(session, "UPDATE standing SET version = :version WHERE account = :account",
          static_cast<long long>(announce(session, "standing")), stored_account(entry.account));
}

enum class Order : std::uint8_t {
  kHistory,      // a later change of the account is known
  kLatest,       // sets the standing
  kUnlessWorse,  // sets it unless one that is as severe came in between
};

bool is_observed_so_far(soci::session& session, const AccountId& account) {
  int is_observed = 0;
  first_row(session, "SELECT is_observed FROM standing WHERE account = :account", std::tie(is_observed),
            stored_account(account));
  return is_observed != 0;
}

// A node that found the standing in the account's record was faster than the one that had set it.
bool was_found_since(soci::session& session, const StandingEntry& entry) {
  const StandingChange& change = entry.change;
  int later = 0;
  first_row(session,
            "SELECT COUNT(*) FROM standing_change WHERE account = :account AND changed > :changed"
            " AND level = :level AND incident = :incident",
            std::tie(later), stored_account(entry.account), stored_time(change.time),
            word(change.after.level), stored_incident(change.after.incident));
  return later > 0 && is_stored(session, entry, change.after);
}

// Each once, whoever tells first. Nodes with ledgers of their own leave them to the one that decided.
bool calls_for_actions(soci::session& session, const StandingEntry& entry, bool was_observed) {
  if (!is_postgresql(session)) return !entry.is_found;
  return entry.is_found || was_observed || !was_found_since(session, entry);
}

// What a full disk did not take comes after what has changed the standing since. Done in this order, a
// released account would be restricted outside, and a restricted one released. (Of two restrictions the
// milder may have asked for what both call for.)
bool is_out_of_date(soci::session& session, const StandingEntry& entry) {
  std::string text;
  if (!first_row(session, "SELECT level FROM standing WHERE account = :account", std::tie(text),
                 stored_account(entry.account)))
    return false;
  const auto now = level_from(text);
  return now && is_restriction(*now) != is_restriction(entry.change.after.level);
}

Result<void> record_in(soci::session& session, const StandingEntry& entry, Order order) {
  if (entry.needs_stored && !is_stored(session, entry, entry.change.before)) return {};
  if (entry.only_if_absent && is_known(session, incident_of(entry.change)))
    return fail(ErrorCode::kConflict, "the incident is known");
  const Overruled overruled = order == Order::kUnlessWorse ? is_overruled(session, entry) : Overruled::kNot;
  const bool was_observed = is_observed_so_far(session, entry.account);
  const bool is_late = order == Order::kHistory && is_out_of_date(session, entry);
  const bool acts = !is_late && calls_for_actions(session, entry, was_observed);
  if (!add_change(session, entry)) return {};
  const bool is_latest = order != Order::kHistory && overruled == Overruled::kNot;
  if (is_latest) set_standing(session, entry);
  if (overruled != Overruled::kNot) repeat_standing(session, entry);
  const IncidentId incident = incident_of(entry.change);
  if (incident.known()) {
    const auto updated = update_incident(session, entry, is_latest);
    if (!updated) return fail(updated.error());
    if (!*updated) open_incident(session, entry);
    tell(session, entry);
  }
  // Whoever set what holds instead has asked for all that it calls for.
  if (acts && overruled != Overruled::kByAnother) {
    auto asked =
        Outbox::insert(session, incident, entry.account,
                       was_observed ? entry.actions_after_observed : entry.actions, entry.change.time);
    if (!asked) return asked;
  }
  if (!entry.judgement) return {};
  return settle_in(session, *entry.judgement, {.author = entry.author, .time = entry.change.time});
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

Result<void> bring_over(soci::session& session, const StandingEntry& entry) {
  return record_in(session, entry, Order::kUnlessWorse);
}

// Two threads may bring changes of one account here in the wrong order, and what a full disk did not take
// comes again much later. What another node did shows in the ledger only; a person's word holds all the same.
LedgerDatabase::Work IncidentBook::recording(StandingEntry entry) const {
  return [entry = std::move(entry), newest = newest_](soci::session& session) {
    constexpr std::size_t kMostRemembered = 1'000'000;
    const bool is_shared = is_postgresql(session) && entry.author == kOurselves;
    const Order order = is_shared || entry.only_if_absent ? Order::kUnlessWorse : Order::kLatest;
    const std::uint64_t number = entry.change.number;
    if (number == 0) return record_in(session, entry, order);
    if (newest->size() >= kMostRemembered) newest->clear();
    std::uint64_t& latest = (*newest)[entry.key];
    Result<void> recorded = record_in(session, entry, number >= latest ? order : Order::kHistory);
    if (recorded) latest = std::max(latest, number);
    return recorded;
  };
}

void IncidentBook::record(StandingEntry entry, LedgerDatabase::Committed done) {
  std::optional<SpooledWrite> words;
  if (!entry.only_if_absent) words = spooled(entry);
  database_.write(recording(std::move(entry)), std::move(done), std::move(words));
}

Result<void> IncidentBook::record(StandingEntry entry) {
  SpooledWrite words = spooled(entry);
  return database_.write(recording(std::move(entry)), std::move(words));
}

Result<void> IncidentBook::add_entry(TimelineRow entry) {
  if (auto sound = check_line(entry); !sound) return sound;
  return database_.write(
      [entry = std::move(entry)](soci::session& session) { return add_to_timeline(session, entry); });
}

Result<void> IncidentBook::settle(IncidentJudgement judgement, const std::string& author, Timestamp time) {
  return database_.write([judgement = std::move(judgement), judge = Judge{author, time}](
                             soci::session& session) { return settle_in(session, judgement, judge); });
}

Result<void> IncidentBook::set_cause(IncidentId incident, const std::string& cause) {
  return set(database_, incident, "UPDATE incident SET cause = :cause WHERE id = :id", cause);
}

Result<void> IncidentBook::assign(const std::string& assignee, TimelineRow line) {
  if (auto sound = check_line(line); !sound) return sound;
  return database_.write([=, line = std::move(line)](soci::session& session) {
    execute(session, "UPDATE incident SET assignee = :assignee WHERE id = :id", stored_line(assignee),
            stored_incident(line.incident));
    return add_to_timeline(session, line);
  });
}

}  // namespace postreeve
