#include "control/told_judgement.h"

#include <string>
#include <string_view>
#include <utility>

#include <boost/json/object.hpp>

#include "control/verbs.h"

namespace postreeve {
namespace {

namespace json = boost::json;

VerbReply carry_out_for(Desk& desk, const Judgement& told, std::string_view verb, json::object arguments) {
  if (!told.reason.empty()) arguments.emplace("reason", told.reason);
  return carry_out(desk, {std::string(verb), std::move(arguments), told.person, "event API"});
}

// What the ledger has of the incident that the account is in; kNotFound: it is in none.
Result<IncidentRow> incident_of(const Desk& desk, const AccountId& account) {
  const Standing standing = desk.guard.standing_of(account);
  if (!standing.incident.known()) return fail(ErrorCode::kNotFound, "the account is in no incident");
  return desk.incidents.get(standing.incident);
}

bool must_be_suspended_first(const Desk& desk, const AccountId& account,
                             const Result<IncidentRow>& incident) {
  const Level level = desk.guard.standing_of(account).level;
  if (level == Level::kSuspended && incident) return false;
  // The owner is back already; only the incident is settled.
  if (level == Level::kRecovering && incident && incident->outcome != Outcome::kConfirmed) return false;
  return !incident || !is_restriction(level) || incident->outcome == Outcome::kConfirmed;
}

}  // namespace

Result<void> settle_told(Desk& desk, const Judgement& told) {
  Result<IncidentRow> incident = incident_of(desk, told.account);
  if (!incident && incident.error().code != ErrorCode::kNotFound) return fail(incident.error());
  if (!told.confirmed && !incident) return desk.guard.note(told, Door::kEventApi);
  const bool suspends = told.confirmed && must_be_suspended_first(desk, told.account, incident);
  if (suspends) {
    const VerbReply done = carry_out_for(desk, told, "account suspend", {{"account", told.account.text()}});
    if (!done) return fail(done.error());
    incident = incident_of(desk, told.account);
    if (!incident) return fail(incident.error());
    if (incident->outcome == Outcome::kConfirmed) return {};  // it goes on
  }
  const VerbReply done = carry_out_for(desk, told, told.confirmed ? "incident confirm" : "incident dismiss",
                                       {{"incident", incident->id.to_string()}});
  if (!done) return fail(done.error());
  return {};
}

}  // namespace postreeve
