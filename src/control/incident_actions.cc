#include "control/incident_actions.h"

#include <algorithm>
#include <string_view>
#include <utility>

#include <fmt/format.h>
#include <boost/json/parse.hpp>

#include "control/rows.h"
#include "response/receipts.h"

namespace postreeve {
namespace {

namespace json = boost::json;

constexpr std::size_t kMostEvidence = 16;

// "flag", "undo flag"
std::string title_of(const OutboxRow& row) {
  const Result<Task> task = read_task(row);
  const bool is_undo = task && task->direction == Direction::kUndo;
  return (is_undo ? "undo " : "") + row.action.kind;
}

std::string_view text_in(const json::value& details, std::string_view name) {
  const json::value* found = details.is_object() ? details.get_object().if_contains(name) : nullptr;
  return found != nullptr && found->is_string() ? std::string_view(found->get_string()) : std::string_view();
}

SaidEvidence evidence_of(const TimelineRow& row) {
  boost::system::error_code ignored;
  const json::value details = json::parse(row.details, ignored);
  SaidEvidence evidence{.detector = std::string(text_in(details, "detector")),
                        .group = std::string(text_in(details, "group")),
                        .nats = 0,
                        .says = row.text};
  const json::value* nats = details.is_object() ? details.get_object().if_contains("nats") : nullptr;
  if (nats != nullptr && nats->is_number()) evidence.nats = nats->to_number<double>(ignored);
  return evidence;
}

// The weightiest of the whole story, and where the latest change of standing came from.
void add_story(const std::vector<TimelineRow>& timeline, StandingEntry& entry) {
  for (const TimelineRow& row : timeline) {
    if (row.kind == EntryKind::kEvidence) entry.evidence.push_back(evidence_of(row));
    if (row.kind != EntryKind::kStanding) continue;
    boost::system::error_code ignored;
    const json::value details = json::parse(row.details, ignored);
    if (const std::string_view client = text_in(details, "client"); !client.empty()) entry.client = client;
  }
  std::ranges::stable_sort(entry.evidence, [](const auto& a, const auto& b) { return a.nats > b.nats; });
  if (entry.evidence.size() > kMostEvidence) entry.evidence.resize(kMostEvidence);
}

}  // namespace

json::object to_json(const OutboxRow& row) {
  const bool is_waiting = row.state == OutboxState::kWaiting || row.state == OutboxState::kTaken;
  const bool is_done = row.state == OutboxState::kDone;
  return {{"number", row.id},
          {"incident", row.incident.to_string()},
          {"account", row.account.text()},
          {"action", title_of(row)},
          {"state", to_text(row.state)},
          {"attempts", row.attempts},
          {"next_attempt", time_to_json(is_waiting ? std::optional(row.action.not_before) : std::nullopt)},
          {"created", time_to_json(row.created)},
          {"finished", time_to_json(is_waiting ? std::nullopt : std::optional(row.finished))},
          {"result", is_done ? row.says : row.error}};
}

Result<StandingEntry> entry_of(const Desk& desk, const IncidentRow& incident, const StandingChange& change,
                               const Request& request) {
  const auto timeline = desk.incidents.timeline(incident.id);
  if (!timeline) return fail(timeline.error());
  StandingEntry entry;
  entry.account = incident.account;
  entry.key = desk.guard.key_of(incident.account);
  entry.tenant = incident.tenant;
  entry.change = change;
  entry.change.time = desk.guard.now();
  entry.change.outgo = incident.outgo;
  entry.change.before.incident = entry.change.after.incident = incident.id;
  entry.risk = incident.risk;
  entry.is_observed = incident.is_observed;
  entry.author = request.person;
  entry.reason = text_argument(request, "reason");
  add_story(*timeline, entry);
  return entry;
}

Result<json::array> previews_of(const Desk& desk, const StandingEntry& entry,
                                const std::vector<OutboxAction>& actions, std::optional<Outcome> judged) {
  const IncidentId incident = entry.change.after.incident;
  const auto rows = desk.outbox.of_incident(incident);
  if (!rows) return fail(rows.error());
  json::array previews;
  for (const OutboxAction& asked : actions) {
    OutboxRow row;
    row.id = kNotAskedForYet;
    row.incident = incident;
    row.account = entry.account;
    row.action = asked;
    const ResponseAction* action = desk.actions.find(asked.kind);
    Result<Task> task = read_task(row);
    if (action == nullptr || !task) continue;
    task->receipt = receipt_in_force(*rows, asked.kind, row.id, action->undo_awaits_judgement()).value_or("");
    previews.push_back(json::object{{"action", title_of(row)}, {"would", action->rehearse(*task, judged)}});
  }
  return previews;
}

Result<json::array> actions_since(const Desk& desk, IncidentId incident, Timestamp since) {
  const auto rows = desk.outbox.of_incident(incident);
  if (!rows) return fail(rows.error());
  json::array shown;
  for (const OutboxRow& row : *rows) {
    if (row.created >= since) shown.push_back(to_json(row));
  }
  return shown;
}

}  // namespace postreeve
