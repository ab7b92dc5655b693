// action list|retry|run, incident evidence
#include <algorithm>
#include <optional>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "control/incident_actions.h"
#include "control/verbs.h"

namespace postreeve {
namespace {

namespace json = boost::json;

constexpr std::uint32_t kMostRows = 10'000;

json::array rows_to_json(const std::vector<OutboxRow>& rows) {
  json::array array;
  for (const OutboxRow& row : rows) array.push_back(to_json(row));
  return array;
}

VerbReply list(Desk& desk, const Request& request) {
  const bool with_given_up = flag_argument(request, "given_up");
  if (text_argument(request, "incident").empty()) {
    const auto rows = desk.outbox.open(with_given_up, kMostRows);
    if (!rows) return fail(rows.error());
    return rows_to_json(*rows);
  }
  const Result<IncidentRow> incident = incident_argument(desk, request);
  if (!incident) return fail(incident.error());
  auto rows = desk.outbox.of_incident(incident->id);
  if (!rows) return fail(rows.error());
  if (with_given_up) std::erase_if(*rows, [](const auto& row) { return row.state != OutboxState::kGivenUp; });
  return rows_to_json(*rows);
}

Result<OutboxRow> row_argument(const Desk& desk, const Request& request) {
  const std::int64_t number = number_argument(request, "number", 0);
  if (number <= 0)
    return fail(ErrorCode::kInvalidInput, "an action has a number; `postreeve action list` shows it");
  Result<OutboxRow> row = desk.outbox.get(static_cast<std::uint64_t>(number));
  if (row || row.error().code != ErrorCode::kNotFound) return row;
  return fail(ErrorCode::kNotFound,
              fmt::format("no action has the number {}; `postreeve action list` shows them", number));
}

Result<const ResponseAction*> known_action(const Desk& desk, const std::string& name) {
  if (const ResponseAction* action = desk.actions.find(name)) return action;
  std::vector<std::string_view> known;
  for (const auto& [one, action] : desk.actions.all()) known.push_back(one);
  return fail(ErrorCode::kNotFound,
              fmt::format("the configuration has no [action.{}]; it has {}", name,
                          known.empty() ? "none at all" : fmt::format("{}", fmt::join(known, ", "))));
}

// What came later must not be undone by what is tried again: a flag would stay after the release.
Result<void> may_retry(const Desk& desk, const OutboxRow& row) {
  if (row.state == OutboxState::kDone)
    return fail(ErrorCode::kConflict, fmt::format("action {} is done; `postreeve action run {}` does it anew",
                                                  row.id, row.action.kind));
  const auto rows = desk.outbox.of_incident(row.incident);
  if (!rows) return fail(rows.error());
  for (const OutboxRow& later : *rows) {
    if (later.id > row.id && later.action.kind == row.action.kind)
      return fail(ErrorCode::kConflict,
                  fmt::format("action {} of the same name came later; `postreeve action run {}` does it anew",
                              later.id, row.action.kind));
  }
  return {};
}

VerbReply retry(Desk& desk, const Request& request) {
  const Result<OutboxRow> row = row_argument(desk, request);
  if (!row) return fail(row.error());
  const auto action = known_action(desk, row->action.kind);
  if (!action) return fail(action.error());
  if (const Result<void> may = may_retry(desk, *row); !may) return fail(may.error());
  json::object shown = to_json(*row);
  if (flag_argument(request, "dry_run")) {
    const Result<Task> task = read_task(*row);
    if (task) shown.emplace("would", (*action)->preview(*task));
    return shown;
  }
  if (const Result<void> due = desk.outbox.retry(row->id, desk.guard.now()); !due) return fail(due.error());
  desk.wake_worker();
  shown["state"] = to_text(OutboxState::kWaiting);
  shown["next_attempt"] = "now";
  return shown;
}

Result<StandingEntry> entry_for(const Desk& desk, const Request& request) {
  const Result<IncidentRow> incident = incident_argument(desk, request);
  if (!incident) return fail(incident.error());
  StandingChange change;
  change.after = desk.guard.standing_of(incident->account);
  if (change.after.incident != incident->id) change.after.level = incident->level;
  change.before = change.after;
  return entry_of(desk, *incident, change, request);
}

VerbReply rehearsed(const Desk& desk, const StandingEntry& entry, const OutboxAction& asked) {
  const Result<json::array> previews = previews_of(desk, entry, {asked});
  if (!previews) return fail(previews.error());
  json::object shown = previews->front().as_object();
  shown.emplace("incident", entry.change.after.incident.to_string());
  shown.emplace("account", entry.account.text());
  return shown;
}

Result<OutboxRow> ask_for(Desk& desk, const StandingEntry& entry, const OutboxAction& action) {
  const IncidentId incident = entry.change.after.incident;
  if (const Result<void> added = desk.outbox.add(incident, entry.account, {action}, desk.guard.now()); !added)
    return fail(added.error());
  desk.wake_worker();
  auto rows = desk.outbox.of_incident(incident);
  if (!rows) return fail(rows.error());
  return std::move(rows->back());
}

VerbReply run(Desk& desk, const Request& request) {
  const Result<std::string> name = required_argument(request, "action");
  if (!name) return fail(name.error());
  const auto action = known_action(desk, *name);
  if (!action) return fail(action.error());
  const Direction direction = flag_argument(request, "undo") ? Direction::kUndo : Direction::kCarryOut;
  if (direction == Direction::kUndo && !(*action)->has_undo())
    return fail(ErrorCode::kInvalidInput, fmt::format("'{}' cannot be undone", *name));
  const Result<StandingEntry> entry = entry_for(desk, request);
  if (!entry) return fail(entry.error());
  const OutboxAction asked = outbox_action(task_of(*entry, *name, direction));
  if (flag_argument(request, "dry_run")) return rehearsed(desk, *entry, asked);
  const Result<OutboxRow> row = ask_for(desk, *entry, asked);
  if (!row) return fail(row.error());
  return to_json(*row);
}

VerbReply keep_evidence(Desk& desk, const Request& request) {
  const Result<StandingEntry> entry = entry_for(desk, request);
  if (!entry) return fail(entry.error());
  if (desk.actions.evidence().empty())
    return fail(ErrorCode::kConflict, "the configuration has no action of type evidence");
  const auto action = known_action(desk, desk.actions.evidence().front());
  if (!action) return fail(action.error());
  const Task task = task_of(*entry, desk.actions.evidence().front(), Direction::kCarryOut);
  if (flag_argument(request, "dry_run")) return rehearsed(desk, *entry, outbox_action(task));
  const Result<OutboxRow> row = ask_for(desk, *entry, outbox_action(task));
  if (!row) return fail(row.error());
  json::object shown = to_json(*row);
  if (const Result<Task> asked = read_task(*row)) shown.emplace("archive", (*action)->file_of(*asked));
  return shown;
}

constexpr Verb kVerbs[] = {
    {"action list", list},
    {"action retry", retry, always},
    {"action run", run, always},
    {"incident evidence", keep_evidence, always},
};

}  // namespace

std::span<const Verb> action_verbs() {
  return kVerbs;
}

}  // namespace postreeve
