#include "control/rehearsal.h"

#include <algorithm>
#include <iterator>
#include <set>

#include <fmt/format.h>

#include "control/incident_actions.h"
#include "judge/decide.h"
#include "response/incident_mail.h"

namespace postreeve {
namespace {

namespace json = boost::json;

using Keys = std::set<std::uint32_t>;

Keys networks_in(const AccountRecord& record) {
  Keys keys;
  for (const Habit& habit : record.profile.networks.all()) keys.insert(habit.key);
  return keys;
}

// Records name no network: those by which the incident is known have a name, the others are counted.
json::array names_of(const Desk& desk, const IncidentSpan& span, const Keys& in, const Keys& not_in) {
  Keys keys;
  std::ranges::set_difference(in, not_in, std::inserter(keys, keys.end()));
  json::array names;
  for (const Prefix& network : span.networks) {
    if (desk.network_key && keys.erase(desk.network_key(network.address())) > 0)
      names.emplace_back(network.to_string());
  }
  if (!keys.empty()) names.emplace_back(fmt::format("{} more", keys.size()));
  return names;
}

struct Judged {
  StandingChange change;
  AccountRecord before;
  AccountRecord after;
};

Judged judged(const Desk& desk, const IncidentRow& incident, bool confirmed) {
  const Hash128 key = desk.guard.key_of(incident.account);
  const auto rules = desk.guard.rules();
  Judged judged;
  if (auto known = desk.accounts.find(key)) judged.before = *std::move(known);
  judged.after = judged.before;
  const Judgement judgement{.time = desk.guard.now(),
                            .account = incident.account,
                            .confirmed = confirmed,
                            .person = {},
                            .reason = {}};
  Decision decision;
  apply_judgement(judged.after, key, judgement, rules->policy(), decision);
  judged.change.before = judged.change.after = judged.after.standing;
  if (decision.change) judged.change = *decision.change;
  return judged;
}

}  // namespace

Result<json::object> rehearse_judgement(const Desk& desk, const Request& request, const IncidentRow& incident,
                                        const IncidentJudgement& judgement) {
  const Judged would = judged(desk, incident, judgement.outcome == Outcome::kConfirmed);
  Result<StandingEntry> entry = entry_of(desk, incident, would.change, request);
  if (!entry) return fail(entry.error());
  entry->is_observed = desk.guard.mode() == Mode::kObserve;
  const auto stored = desk.incidents.standing_of(incident.account);
  if (!stored) return fail(stored.error());
  std::vector<OutboxAction> actions = desk.playbook.actions_for(*entry, *stored && (*stored)->is_observed);
  std::ranges::copy(judgement.actions, std::back_inserter(actions));
  const auto previews = previews_of(desk, *entry, actions, judgement.outcome);
  if (!previews) return fail(previews.error());
  // Networks are learnt and forgotten of all that were seen, the owner's too; only their names are of
  // interest.
  const auto span =
      span_of_incident(desk.database, task_of(*entry, {}, Direction::kCarryOut),
                       {.familiar = [](const AccountId&) { return std::vector<std::uint32_t>{}; },
                        .key_of = desk.network_key});
  if (!span) return fail(span.error());
  json::object shown{{"would_become", to_text(judgement.outcome)},
                     {"standing", to_text(would.change.before.level)},
                     {"standing_would_become", to_text(would.change.after.level)}};
  const Keys before = networks_in(would.before);
  const Keys after = networks_in(would.after);
  if (json::array learnt = names_of(desk, *span, after, before); !learnt.empty())
    shown.emplace("networks_learnt", std::move(learnt));
  if (json::array forgotten = names_of(desk, *span, before, after); !forgotten.empty())
    shown.emplace("networks_forgotten", std::move(forgotten));
  if (!previews->empty()) shown.emplace("actions", *previews);
  return shown;
}

}  // namespace postreeve
