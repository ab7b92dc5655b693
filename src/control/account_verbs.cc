// account show|history|standing|policy|trust|hold|suspend|release
#include <algorithm>
#include <chrono>
#include <optional>

#include <fmt/format.h>

#include "control/incident_actions.h"
#include "control/plain_words.h"
#include "control/rows.h"
#include "control/verbs.h"
#include "guard/standing_entries.h"

namespace postreeve {
namespace {

namespace json = boost::json;

json::object standing_of(const Desk& desk, const AccountId& account) {
  const Standing standing = desk.guard.standing_of(account);
  const Result<IncidentRow> incident = desk.incidents.get(standing.incident);
  json::object shown{{"account", account.text()},
                     {"in_words", in_words(standing, incident ? &*incident : nullptr)}};
  for (const auto& [key, value] : to_json(standing)) shown.emplace(key, value);
  return shown;
}

VerbReply show(Desk& desk, const Request& request) {
  const Result<AccountId> account = known_account(desk, request);
  if (!account) return fail(account.error());
  const auto record = desk.accounts.find(desk.guard.key_of(*account));
  json::object shown = standing_of(desk, *account);
  for (const auto& [key, value] : habits_to_json(*record)) shown.emplace(key, value);
  const auto policy = desk.policies.get(*account);
  if (policy && *policy) shown.emplace("policy", to_json(**policy));
  const auto incidents = desk.incidents.find({.outcome = {}, .account = *account, .since = {}, .before = {}});
  if (incidents) shown.emplace("incidents", rows_to_json(*incidents));
  return shown;
}

VerbReply standing(Desk& desk, const Request& request) {
  const Result<AccountId> account = known_account(desk, request);
  if (!account) return fail(account.error());
  return standing_of(desk, *account);
}

// All that is in the ledger of the account: the timelines of its incidents, oldest first.
VerbReply history(Desk& desk, const Request& request) {
  const Result<AccountId> account = known_account(desk, request);
  if (!account) return fail(account.error());
  const auto incidents = desk.incidents.find({.outcome = {}, .account = *account, .since = {}, .before = {}});
  if (!incidents) return fail(incidents.error());
  json::array rows;
  for (auto incident = incidents->rbegin(); incident != incidents->rend(); ++incident) {
    const auto timeline = desk.incidents.timeline(incident->id);
    if (!timeline) return fail(timeline.error());
    for (const TimelineRow& entry : *timeline) {
      json::object row = to_json(entry);
      row.emplace("incident", incident->id.to_string());
      rows.push_back(std::move(row));
    }
  }
  return rows;
}

// What whoever restricts an account should know.
std::string_view note_on(const Desk& desk, const AccountId& account, Level level) {
  if (level == Level::kClear) return "";
  if (!desk.accounts.find(desk.guard.key_of(account)))
    return "nothing was known of this account; is the name right?";
  if (desk.guard.mode() == Mode::kObserve)
    return "in observe mode nothing is refused; `postreeve mode enforce` changes that";
  return "";
}

// What the playbook would have done. An account without an incident gets one then.
Result<json::array> rehearsed(const Desk& desk, const Request& request, const AccountId& account,
                              const StandingChange& change) {
  IncidentRow incident;
  incident.id = change.before.incident.known() ? change.before.incident : IncidentId{~0ULL};
  incident.account = account;
  incident.tenant = tenant_of(account, desk.guard.rules()->policy());
  incident.is_observed = desk.guard.mode() == Mode::kObserve;
  const Result<StandingEntry> entry = entry_of(desk, incident, change, request);
  if (!entry) return fail(entry.error());
  const auto stored = desk.incidents.standing_of(account);
  if (!stored) return fail(stored.error());
  const bool was_observed = *stored && (*stored)->is_observed;
  return previews_of(desk, *entry, desk.playbook.actions_for(*entry, was_observed));
}

VerbReply rehearse(const Desk& desk, const Request& request, const AccountId& account, Level level,
                   json::object shown) {
  StandingChange change;
  change.before = change.after = desk.guard.standing_of(account);
  const bool is_probation = level == Level::kClear && is_restriction(change.before.level);
  change.after.level = is_probation ? Level::kRecovering : level;
  shown.emplace("would_become", to_text(change.after.level));
  for (const auto& [key, value] : to_json(change.before)) shown.emplace(key, value);
  const auto actions = rehearsed(desk, request, account, change);
  if (!actions) return fail(actions.error());
  if (!actions->empty()) shown.emplace("actions", *actions);
  return shown;
}

VerbReply order(Desk& desk, const Request& request, const AccountId& account, Level level) {
  json::object shown{{"account", account.text()}};
  const Standing standing = desk.guard.standing_of(account);
  if (level == Level::kClear && standing.level == Level::kClear) {
    shown.emplace("standing", to_text(Level::kClear));
    shown.emplace("note", "there is nothing to release: the account is clear");
    return shown;
  }
  if (const std::string_view note = note_on(desk, account, level); !note.empty()) shown.emplace("note", note);
  if (flag_argument(request, "dry_run")) return rehearse(desk, request, account, level, std::move(shown));
  const Result<StandingChange> change =
      desk.guard.order(account, level, request.person, text_argument(request, "reason"));
  if (!change) return fail(change.error());
  shown.emplace("before", to_text(change->before.level));
  shown.emplace("in_words", in_words(change->after, nullptr));
  for (const auto& [key, value] : to_json(change->after)) shown.emplace(key, value);
  const IncidentId incident =
      change->after.incident.known() ? change->after.incident : change->before.incident;
  const auto actions = actions_since(desk, incident, change->time);
  if (actions && !actions->empty()) shown.emplace("actions", *actions);
  return shown;
}

VerbReply restrict_account(Desk& desk, const Request& request, Level level) {
  const Result<AccountId> account = account_argument(desk, request);
  if (!account) return fail(account.error());
  return order(desk, request, *account, level);
}
VerbReply hold(Desk& desk, const Request& request) {
  return restrict_account(desk, request, Level::kHeld);
}
VerbReply suspend(Desk& desk, const Request& request) {
  return restrict_account(desk, request, Level::kSuspended);
}
VerbReply release(Desk& desk, const Request& request) {
  const Result<AccountId> account = known_account(desk, request);
  if (!account) return fail(account.error());
  return order(desk, request, *account, Level::kClear);
}

Result<std::vector<Prefix>> networks_argument(const Request& request, std::string_view name) {
  std::vector<Prefix> networks;
  for (const std::string& text : texts_argument(request, name)) {
    const Result<Prefix> network = Prefix::parse(text);
    if (!network)
      return fail(ErrorCode::kInvalidInput,
                  fmt::format("'{}' is no network; write one like 192.0.2.0/24", text));
    networks.push_back(*network);
  }
  return networks;
}

Result<std::vector<CountryCode>> countries_argument(const Request& request, std::string_view name) {
  std::vector<CountryCode> countries;
  for (const std::string& text : texts_argument(request, name)) {
    const CountryCode country = CountryCode::of(text);
    if (!country.known())
      return fail(ErrorCode::kInvalidInput,
                  fmt::format("'{}' is no country; write two letters like DE", text));
    countries.push_back(country);
  }
  return countries;
}

Result<AccountPolicy> policy_of(const Desk& desk, const AccountId& account) {
  Result<std::optional<AccountPolicy>> stored = desk.policies.get(account);
  if (!stored) return fail(stored.error());
  AccountPolicy policy = stored->value_or(AccountPolicy{});
  policy.account = account;
  return policy;
}

VerbReply store_policy(Desk& desk, const Request& request, AccountPolicy policy) {
  policy.author = request.person;
  policy.changed = desk.guard.now();
  if (const std::string reason = text_argument(request, "reason"); !reason.empty()) policy.reason = reason;
  if (!flag_argument(request, "dry_run")) {
    if (const Result<void> stored = desk.policies.put(policy); !stored) return fail(stored.error());
    if (const Result<void> refreshed = desk.refresh_rules(); !refreshed) return fail(refreshed.error());
  }
  return to_json(policy);
}

bool sets_policy(const Request& request) {
  return flag_argument(request, "clear") || request.arguments.contains("only_countries") ||
         request.arguments.contains("only_networks");
}

// Without anything to set it shows the policy; "clear" takes it back.
VerbReply policy(Desk& desk, const Request& request) {
  const Result<AccountId> account = account_argument(desk, request);
  if (!account) return fail(account.error());
  if (flag_argument(request, "clear")) {
    if (flag_argument(request, "dry_run"))
      return json::object{{"account", account->text()}, {"would_become", "usable from anywhere"}};
    if (const Result<void> removed = desk.policies.remove(*account); !removed) return fail(removed.error());
    if (const Result<void> refreshed = desk.refresh_rules(); !refreshed) return fail(refreshed.error());
    return json::object{{"account", account->text()}, {"policy", nullptr}};
  }
  Result<AccountPolicy> policy = policy_of(desk, *account);
  if (!policy) return fail(policy.error());
  if (!sets_policy(request)) return to_json(*policy);
  Result<std::vector<CountryCode>> countries = countries_argument(request, "only_countries");
  if (!countries) return fail(countries.error());
  Result<std::vector<Prefix>> networks = networks_argument(request, "only_networks");
  if (!networks) return fail(networks.error());
  if (request.arguments.contains("only_countries")) policy->only_countries = std::move(*countries);
  if (request.arguments.contains("only_networks")) policy->only_networks = std::move(*networks);
  const bool waits_for_geography = !policy->only_countries.empty() && desk.guard.rules()->locator().empty();
  VerbReply stored = store_policy(desk, request, std::move(*policy));
  if (stored && waits_for_geography)
    stored->as_object().emplace("note",
                                "no geography file says where addresses are, so countries refuse "
                                "nobody; name one with files of [geography]");
  return stored;
}

// Trust is for a journey or a fair; "expires_in" 0 is for ever.
constexpr std::chrono::days kTrustLasts{30};

// All networks of an account end together. One more does not cut the others short; the same ones again have
// the end that is given now.
void add_trust(AccountPolicy& policy, const std::vector<Prefix>& networks, Timestamp now,
               std::optional<Timestamp> expires) {
  const bool is_over = policy.expires && *policy.expires <= now;
  if (is_over) policy.trusted_networks.clear();
  const bool has_others = std::ranges::any_of(policy.trusted_networks, [&](const Prefix& trusted) {
    return std::ranges::find(networks, trusted) == networks.end();
  });
  if (has_others && expires)
    expires = policy.expires ? std::optional(std::max(*policy.expires, *expires)) : std::nullopt;
  for (const Prefix& network : networks) {
    if (std::ranges::find(policy.trusted_networks, network) == policy.trusted_networks.end())
      policy.trusted_networks.push_back(network);
  }
  policy.expires = expires;
}

VerbReply trust(Desk& desk, const Request& request) {
  const Result<AccountId> account = account_argument(desk, request);
  if (!account) return fail(account.error());
  Result<std::vector<Prefix>> networks = networks_argument(request, "networks");
  if (!networks) return fail(networks.error());
  if (networks->empty())
    return fail(ErrorCode::kInvalidInput, "no network to trust; write one like 192.0.2.0/24");
  Result<AccountPolicy> policy = policy_of(desk, *account);
  if (!policy) return fail(policy.error());
  add_trust(*policy, *networks, desk.guard.now(),
            request.arguments.contains("expires_in") ? expiry_argument(desk, request)
                                                     : desk.guard.now() + kTrustLasts);
  return store_policy(desk, request, std::move(*policy));
}

constexpr Verb kVerbs[] = {
    {"account show", show},
    {"account standing", standing},
    {"account history", history},
    {"account hold", hold, always},
    {"account suspend", suspend, always},
    {"account release", release, always},
    {"account policy", policy, sets_policy},
    {"account trust", trust, always},
};

}  // namespace

Result<AccountId> known_account(const Desk& desk, const Request& request) {
  Result<AccountId> account = account_argument(desk, request);
  if (!account) return account;
  const auto record = desk.accounts.find(desk.guard.key_of(*account));
  if (record && !(*record == AccountRecord{})) return account;
  return fail(ErrorCode::kNotFound, fmt::format("nothing is known of the account {}", account->text()));
}

VerbReply release_account(Desk& desk, const Request& request, const AccountId& account) {
  return order(desk, request, account, Level::kClear);
}

std::span<const Verb> account_verbs() {
  return kVerbs;
}

}  // namespace postreeve
