// account export|forget: what is kept of an account, and how it goes
#include <fmt/format.h>

#include "control/incident_actions.h"
#include "control/rows.h"
#include "control/verbs.h"

namespace postreeve {
namespace {

namespace json = boost::json;

constexpr std::uint32_t kMostRows = 10'000;

Result<std::vector<IncidentRow>> incidents_of(const Desk& desk, const AccountId& account,
                                              std::optional<Outcome> outcome = {}) {
  return desk.incidents.find(
      {.outcome = outcome, .account = account, .since = {}, .before = {}, .most = kMostRows});
}

Result<json::object> exported(const Desk& desk, const IncidentRow& incident) {
  json::object shown = to_json(incident);
  const auto timeline = desk.incidents.timeline(incident.id);
  if (!timeline) return fail(timeline.error());
  shown.emplace("timeline", rows_to_json(*timeline));
  const auto clues = desk.clues.of(incident.id);
  if (!clues) return fail(clues.error());
  shown.emplace("clues", rows_to_json(*clues));
  const auto actions = actions_since(desk, incident.id, Timestamp{});
  if (!actions) return fail(actions.error());
  shown.emplace("actions", *actions);
  return shown;
}

Result<json::array> exported_incidents(const Desk& desk, const AccountId& account) {
  const auto incidents = incidents_of(desk, account);
  if (!incidents) return fail(incidents.error());
  json::array rows;
  for (const IncidentRow& incident : *incidents) {
    Result<json::object> row = exported(desk, incident);
    if (!row) return fail(row.error());
    rows.push_back(*std::move(row));
  }
  return rows;
}

Result<json::array> exported_hours(const Desk& desk, const AccountId& account) {
  const auto hours = desk.counts.of(account);
  if (!hours) return fail(hours.error());
  json::array rows;
  for (const HourOfAccount& hour : *hours) {
    rows.push_back(json::object{{"hour", time_to_json(hour.hour)},
                                {"messages", hour.counts.messages},
                                {"recipients", hour.counts.recipients},
                                {"refused", hour.counts.refused},
                                {"bounced", hour.counts.bounced},
                                {"logins", hour.counts.logins}});
  }
  return rows;
}

Result<json::array> exported_activity(const Desk& desk, const AccountId& account) {
  const auto activity = desk.activity.of(account, Timestamp{}, kMostRows);
  if (!activity) return fail(activity.error());
  json::array rows;
  for (const ActivityRow& row : *activity) {
    rows.push_back(json::object{{"time", time_to_json(row.time)},
                                {"kind", row.kind},
                                {"client", row.client},
                                {"country", row.country.text()},
                                {"recipients", row.recipients},
                                {"action", row.action}});
  }
  return rows;
}

Result<std::vector<ListEntry>> entries_naming(const Desk& desk, const AccountId& account) {
  Result<std::vector<ListEntry>> entries = desk.lists.entries(std::nullopt, desk.guard.now());
  if (entries) std::erase_if(*entries, [&](const ListEntry& entry) { return entry.value != account.text(); });
  return entries;
}

Result<json::array> exported_lists(const Desk& desk, const AccountId& account) {
  const auto entries = entries_naming(desk, account);
  if (!entries) return fail(entries.error());
  return rows_to_json(*entries);
}

Result<json::array> exported_audit(const Desk& desk, const AccountId& account) {
  AuditQuery query;
  query.subject = account.text();
  query.most = kMostRows;
  const auto entries = desk.audit.find(query);
  if (!entries) return fail(entries.error());
  return rows_to_json(*entries);
}

// What waits in memory, of strangers that nothing was decided of.
json::array exported_strangers(const Desk& desk, const AccountId& account) {
  json::array rows;
  for (const auto& waiting : desk.strangers.waiting([](const Clue&) { return true; })) {
    if (waiting.account == account) rows.push_back(to_json(ClueRow{{}, account, waiting.clue, waiting.seen}));
  }
  return rows;
}

Result<void> write_what_waits(const Desk& desk) {
  for (const Result<void>& flushed : {desk.flush(), desk.clues.flush(), desk.activity.flush()}) {
    if (!flushed) return flushed;
  }
  return {};
}

// Whatever has the name in it, also of accounts that were never used: a list or a policy may name them.
VerbReply export_account(Desk& desk, const Request& request) {
  const Result<AccountId> account = account_argument(desk, request);
  if (!account) return fail(account.error());
  if (const Result<void> written = write_what_waits(desk); !written) return fail(written.error());
  json::object shown{{"account", account->text()}, {"exported", time_to_json(desk.guard.now())}};
  shown.emplace("standing", to_json(desk.guard.standing_of(*account)));
  const auto record = desk.accounts.find(desk.guard.key_of(*account));
  shown.emplace("habits", record ? json::value(habits_to_json(*record)) : json::value(nullptr));
  const auto policy = desk.policies.get(*account);
  if (!policy) return fail(policy.error());
  shown.emplace("policy", *policy ? json::value(to_json(**policy)) : json::value(nullptr));
  struct Part {
    std::string_view name;
    Result<json::array> (*rows)(const Desk&, const AccountId&);
  };
  for (const auto& [name, rows] :
       {Part{"incidents", exported_incidents}, Part{"hours", exported_hours},
        Part{"activity", exported_activity}, Part{"lists", exported_lists}, Part{"audit", exported_audit}}) {
    Result<json::array> part = rows(desk, *account);
    if (!part) return fail(part.error());
    shown.emplace(name, *std::move(part));
  }
  shown.emplace("seen_of_strangers", exported_strangers(desk, *account));
  return shown;
}

// Open, or over and still restricting the account.
Result<bool> has_open_incident(const Desk& desk, const AccountId& account) {
  if (is_restriction(desk.guard.standing_of(account).level)) return true;
  const auto open = incidents_of(desk, account, Outcome::kOpen);
  if (!open) return fail(open.error());
  return !open->empty();
}

// Undoes what the restriction did outside: without its incident nobody could later.
Result<void> lift(Desk& desk, const Request& request, const AccountId& account) {
  if (!is_restriction(desk.guard.standing_of(account).level)) return {};
  const auto lifted =
      desk.guard.order(account, Level::kClear, request.person, text_argument(request, "reason"));
  if (!lifted) return fail(lifted.error());
  desk.wake_worker();
  return {};
}

VerbReply forget(Desk& desk, const Request& request) {
  const Result<AccountId> account = account_argument(desk, request);
  if (!account) return fail(account.error());
  const Result<std::string> reason = required_argument(request, "reason");
  if (!reason) return fail(ErrorCode::kInvalidInput, "forgetting cannot be undone: it needs a --reason");
  const Result<bool> is_open = has_open_incident(desk, *account);
  if (!is_open) return fail(is_open.error());
  if (*is_open && !flag_argument(request, "force"))
    return fail(
        ErrorCode::kConflict,
        fmt::format("{} has an open incident; confirm or dismiss it and release the account first, or "
                    "forget it all the same with --force",
                    account->text()));
  json::object shown{{"account", account->text()}};
  if (flag_argument(request, "dry_run")) {
    const auto incidents = incidents_of(desk, *account);
    if (!incidents) return fail(incidents.error());
    shown.emplace(
        "would_forget",
        fmt::format("its habits, counts and policy; {} incidents would lose its name", incidents->size()));
    return shown;
  }
  if (const Result<void> lifted = lift(desk, request, *account); !lifted) return fail(lifted.error());
  if (const Result<void> written = write_what_waits(desk); !written) return fail(written.error());
  if (const Result<void> emptied = desk.accounts.forget(desk.guard.key_of(*account)); !emptied)
    return fail(emptied.error());
  desk.strangers.forget(*account);
  const auto report = desk.forget(*account);
  if (!report) return fail(report.error());
  if (const Result<void> refreshed = desk.refresh_rules(); !refreshed) return fail(refreshed.error());
  shown.emplace("incidents_anonymised", report->anonymised_incidents);
  shown.emplace("rows_deleted", report->deleted_rows);
  const auto entries = entries_naming(desk, *account);
  if (entries && !entries->empty()) {
    shown.emplace("note", "lists still name the account; `postreeve list remove` takes it out of them");
    shown.emplace("lists", rows_to_json(*entries));
  }
  return shown;
}

constexpr Verb kVerbs[] = {
    {"account export", export_account, always},
    {kForgetVerb, forget, always},
};

}  // namespace

std::span<const Verb> account_data_verbs() {
  return kVerbs;
}

}  // namespace postreeve
