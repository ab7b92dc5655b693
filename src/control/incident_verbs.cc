// incident list|show|note|take|confirm|dismiss|release
#include <algorithm>
#include <charconv>

#include <fmt/format.h>

#include "control/canary_lesson.h"
#include "control/incident_actions.h"
#include "control/plain_words.h"
#include "control/rehearsal.h"
#include "control/rows.h"
#include "control/verbs.h"

namespace postreeve {
namespace {

namespace json = boost::json;

Result<IncidentId> id_argument(const Request& request) {
  const Result<std::string> text = required_argument(request, "incident");
  if (!text) return fail(text.error());
  IncidentId incident;
  const auto [end, status] = std::from_chars(text->data(), text->data() + text->size(), incident.value, 16);
  if (status != std::errc() || end != text->data() + text->size() || !incident.known())
    return fail(ErrorCode::kInvalidInput,
                fmt::format("'{}' is no incident; `postreeve incident list` shows them", *text));
  return incident;
}

Result<IncidentQuery> query_of(const Desk& desk, const Request& request) {
  IncidentQuery query;
  const std::string state = text_argument(request, "state");
  for (const Outcome outcome : {Outcome::kOpen, Outcome::kConfirmed, Outcome::kDismissed, Outcome::kEnded}) {
    if (state == to_text(outcome)) query.outcome = outcome;
  }
  if (!state.empty() && state != "all" && !query.outcome)
    return fail(ErrorCode::kInvalidInput,
                fmt::format("'{}' is no state; write open, confirmed, dismissed, ended or all", state));
  if (!text_argument(request, "account").empty()) {
    const Result<AccountId> account = account_argument(desk, request);
    if (!account) return fail(account.error());
    query.account = *account;
  }
  query.most =
      static_cast<std::uint32_t>(std::clamp<std::int64_t>(number_argument(request, "most", 100), 1, 10'000));
  return query;
}

VerbReply list(Desk& desk, const Request& request) {
  const Result<IncidentQuery> query = query_of(desk, request);
  if (!query) return fail(query.error());
  const auto incidents = desk.incidents.find(*query);
  if (!incidents) return fail(incidents.error());
  return rows_to_json(*incidents);
}

VerbReply show(Desk& desk, const Request& request) {
  const Result<IncidentRow> incident = incident_argument(desk, request);
  if (!incident) return fail(incident.error());
  const auto timeline = desk.incidents.timeline(incident->id);
  if (!timeline) return fail(timeline.error());
  json::object shown{{"in_words", in_words(*incident)}};
  for (const auto& [key, value] : to_json(*incident)) shown.emplace(key, value);
  shown.emplace("standing_now", to_text(desk.guard.standing_of(incident->account).level));
  const auto actions = actions_since(desk, incident->id, Timestamp{});
  if (!actions) return fail(actions.error());
  if (!actions->empty()) shown.emplace("actions", *actions);
  shown.emplace("timeline", rows_to_json(*timeline));
  return shown;
}

VerbReply note(Desk& desk, const Request& request) {
  const Result<IncidentRow> incident = incident_argument(desk, request);
  if (!incident) return fail(incident.error());
  const Result<std::string> text = required_argument(request, "text");
  if (!text) return fail(text.error());
  TimelineRow entry;
  entry.incident = incident->id;
  entry.time = desk.guard.now();
  entry.kind = EntryKind::kNote;
  entry.author = request.person;
  entry.text = *text;
  const Result<void> added = desk.incidents.add_entry(entry);
  if (!added) return fail(added.error());
  return to_json(entry);
}

// Whoever takes care of it stops the escalation of a page.
VerbReply take(Desk& desk, const Request& request) {
  const Result<IncidentRow> incident = incident_argument(desk, request);
  if (!incident) return fail(incident.error());
  const std::string by = text_argument(request, "by");
  const std::string assignee = by.empty() ? request.person : by;
  json::object shown{{"incident", incident->id.to_string()},
                     {"account", incident->account.text()},
                     {"before", incident->assignee},
                     {"assignee", assignee}};
  if (flag_argument(request, "dry_run")) return shown;
  const std::string reason = text_argument(request, "reason");
  TimelineRow line;
  line.incident = incident->id;
  line.time = desk.guard.now();
  line.kind = EntryKind::kNote;
  line.author = request.person;
  line.text = fmt::format("{} takes care of it{}{}", assignee, reason.empty() ? "" : "; ", reason);
  const Result<void> assigned = desk.incidents.assign(assignee, std::move(line));
  if (!assigned) return fail(assigned.error());
  return shown;
}

// A judgement changes the account as it is today: not twice, and not for a story that a newer one replaced.
Result<void> may_settle(const Desk& desk, const IncidentRow& incident, Outcome outcome) {
  if (incident.outcome == outcome)
    return fail(ErrorCode::kConflict,
                fmt::format("this incident is {} already; `postreeve account hold`, `suspend` and `release` "
                            "change the account",
                            to_text(outcome)));
  const Standing standing = desk.guard.standing_of(incident.account);
  if (standing.incident.known() && standing.incident != incident.id)
    return fail(ErrorCode::kConflict, fmt::format("{} has a newer incident; judge {}",
                                                  incident.account.text(), standing.incident.to_string()));
  return {};
}

// The account as the judgement leaves it. Whether that is only observed is asked of the mode of now: a
// judgement is an order, whatever the mode was when the incident opened.
Result<StandingEntry> judged_entry(const Desk& desk, const IncidentRow& incident, const Request& request,
                                   Level level) {
  StandingChange change;
  change.before = desk.guard.standing_of(incident.account);
  change.after = change.before;
  change.after.level = level;
  Result<StandingEntry> entry = entry_of(desk, incident, change, request);
  if (entry) entry->is_observed = desk.guard.mode() == Mode::kObserve;
  return entry;
}

Result<IncidentJudgement> judgement_of(const Desk& desk, const StandingEntry& entry, bool confirmed) {
  IncidentJudgement judgement;
  judgement.incident = entry.change.after.incident;
  judgement.outcome = confirmed ? Outcome::kConfirmed : Outcome::kDismissed;
  judgement.text = fmt::format(
      "{}{}{}", confirmed ? "confirmed: the account was in other hands" : "dismissed: the owner was at work",
      entry.reason.empty() ? "" : "; ", entry.reason);
  if (confirmed) {
    judgement.actions = desk.playbook.actions_for_confirmed(entry);
    return judgement;
  }
  const auto stored = desk.incidents.standing_of(entry.account);
  if (!stored) return fail(stored.error());
  const bool was_observed = *stored && (*stored)->is_observed;
  judgement.actions = desk.playbook.actions_for_dismissed(entry, was_observed);
  return judgement;
}

Result<void> teach(Desk& desk, const IncidentRow& incident, bool confirmed, bool is_dry_run,
                   json::object& shown) {
  return confirmed ? learn_canaries(desk, incident, is_dry_run, shown) : Result<void>{};
}

VerbReply settle(Desk& desk, const Request& request, bool confirmed) {
  const Result<IncidentRow> incident = incident_argument(desk, request);
  if (!incident) return fail(incident.error());
  const Outcome outcome = confirmed ? Outcome::kConfirmed : Outcome::kDismissed;
  if (const Result<void> may = may_settle(desk, *incident, outcome); !may) return fail(may.error());
  json::object shown{{"incident", incident->id.to_string()}, {"account", incident->account.text()}};
  const Result<StandingEntry> entry =
      judged_entry(desk, *incident, request, confirmed ? Level::kSuspended : Level::kClear);
  if (!entry) return fail(entry.error());
  Result<IncidentJudgement> judgement = judgement_of(desk, *entry, confirmed);
  if (!judgement) return fail(judgement.error());
  if (flag_argument(request, "dry_run")) {
    const Result<json::object> would = rehearse_judgement(desk, request, *incident, *judgement);
    if (!would) return fail(would.error());
    shown.insert(would->begin(), would->end());
    if (const auto taught = teach(desk, *incident, confirmed, true, shown); !taught)
      return fail(taught.error());
    return shown;
  }
  const Result<StandingChange> change =
      desk.guard.settle(incident->account, *judgement, request.person, entry->reason);
  if (!change) return fail(change.error());
  if (change->before == change->after) {
    const Result<void> settled =
        desk.incidents.settle(*std::move(judgement), request.person, desk.guard.now());
    if (!settled) return fail(settled.error());
  }
  desk.wake_worker();
  if (const std::string cause = text_argument(request, "cause"); !cause.empty()) {
    if (const Result<void> set = desk.incidents.set_cause(incident->id, cause); !set)
      return fail(set.error());
  }
  if (const auto taught = teach(desk, *incident, confirmed, false, shown); !taught)
    return fail(taught.error());
  shown.emplace("outcome", to_text(outcome));
  shown.emplace("before", to_text(change->before.level));
  for (const auto& [key, value] : to_json(change->after)) {
    if (key != "incident") shown.emplace(key, value);
  }
  return shown;
}

VerbReply confirm(Desk& desk, const Request& request) {
  return settle(desk, request, true);
}
VerbReply dismiss(Desk& desk, const Request& request) {
  return settle(desk, request, false);
}

// Whoever releases a story that is over would release what a newer one restricts.
VerbReply release(Desk& desk, const Request& request) {
  const Result<IncidentRow> incident = incident_argument(desk, request);
  if (!incident) return fail(incident.error());
  const Standing standing = desk.guard.standing_of(incident->account);
  if (standing.incident.known() && standing.incident != incident->id)
    return fail(ErrorCode::kConflict, fmt::format("{} has a newer incident; release {}",
                                                  incident->account.text(), standing.incident.to_string()));
  return release_account(desk, request, incident->account);
}

constexpr Verb kVerbs[] = {
    {"incident list", list},
    {"incident show", show},
    {"incident note", note, always},
    {"incident take", take, always},
    {"incident confirm", confirm, always},
    {"incident dismiss", dismiss, always},
    {"incident release", release, always},
};

}  // namespace

Result<IncidentRow> incident_argument(const Desk& desk, const Request& request) {
  const Result<IncidentId> incident = id_argument(request);
  if (!incident) return fail(incident.error());
  Result<IncidentRow> row = desk.incidents.get(*incident);
  if (row || row.error().code != ErrorCode::kNotFound) return row;
  return fail(
      ErrorCode::kNotFound,
      fmt::format("there is no incident {}; `postreeve incident list` shows them", incident->to_string()));
}

std::span<const Verb> incident_verbs() {
  return kVerbs;
}

}  // namespace postreeve
