// account show|history|standing|policy|trust|hold|suspend|release
#include <algorithm>
#include <cmath>
#include <optional>

#include <fmt/format.h>

#include "control/rows.h"
#include "control/verbs.h"

namespace postreeve {
namespace {

namespace json = boost::json;

// Requires a known account: whoever mistypes a name must not restrict nobody.
Result<AccountId> known_account(const Desk& desk, const Request& request) {
  Result<AccountId> account = account_argument(desk, request);
  if (!account || desk.accounts.find(desk.guard.key_of(*account))) return account;
  return fail(ErrorCode::kNotFound, fmt::format("nothing is known of the account {}", account->text()));
}

json::object habits(const AccountRecord& record) {
  const AccountProfile& profile = record.profile;
  const auto time = [](std::uint32_t seconds) {
    return time_to_json(seconds == 0 ? std::nullopt : std::optional(from_seconds32(seconds)));
  };
  const double days = std::max(1.0F, profile.rates.active_days);
  const auto a_day = [days](float amount) {
    return std::round(10 * static_cast<double>(amount) / days) / 10;
  };
  return {{"first_seen", time(profile.first_seen)},
          {"last_seen", time(profile.last_seen)},
          {"last_sent", time(profile.last_sent)},
          {"messages_a_day", a_day(profile.rates.messages)},
          {"recipients_a_day", a_day(profile.rates.recipients)},
          {"networks_known", profile.networks.size()},
          {"providers_known", profile.providers.size()},
          {"countries_known", profile.countries.size()},
          {"recipients_known", profile.known_recipients.size()},
          {"stranger_about", record.stranger != nullptr}};
}

VerbReply show(Desk& desk, const Request& request) {
  const Result<AccountId> account = known_account(desk, request);
  if (!account) return fail(account.error());
  const auto record = desk.accounts.find(desk.guard.key_of(*account));
  json::object shown{{"account", account->text()}};
  for (const auto& [key, value] : to_json(desk.guard.standing_of(*account))) shown.emplace(key, value);
  for (const auto& [key, value] : habits(*record)) shown.emplace(key, value);
  const auto policy = desk.policies.get(*account);
  if (policy && *policy) shown.emplace("policy", to_json(**policy));
  const auto incidents = desk.incidents.find({.outcome = {}, .account = *account, .since = {}, .before = {}});
  if (incidents) shown.emplace("incidents", rows_to_json(*incidents));
  return shown;
}

VerbReply standing(Desk& desk, const Request& request) {
  const Result<AccountId> account = known_account(desk, request);
  if (!account) return fail(account.error());
  json::object shown{{"account", account->text()}};
  for (const auto& [key, value] : to_json(desk.guard.standing_of(*account))) shown.emplace(key, value);
  return shown;
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

VerbReply order(Desk& desk, const Request& request, Level level) {
  const Result<AccountId> account =
      level == Level::kClear ? known_account(desk, request) : account_argument(desk, request);
  if (!account) return fail(account.error());
  json::object shown{{"account", account->text()}};
  if (flag_argument(request, "dry_run")) {
    shown.emplace("would_become", to_text(level));
    for (const auto& [key, value] : to_json(desk.guard.standing_of(*account))) shown.emplace(key, value);
    return shown;
  }
  const Result<StandingChange> change =
      desk.guard.order(*account, level, request.person, text_argument(request, "reason"));
  if (!change) return fail(change.error());
  shown.emplace("before", to_text(change->before.level));
  for (const auto& [key, value] : to_json(change->after)) shown.emplace(key, value);
  return shown;
}

VerbReply hold(Desk& desk, const Request& request) {
  return order(desk, request, Level::kHeld);
}
VerbReply suspend(Desk& desk, const Request& request) {
  return order(desk, request, Level::kSuspended);
}
VerbReply release(Desk& desk, const Request& request) {
  return order(desk, request, Level::kClear);
}

Result<std::vector<Prefix>> networks_argument(const Request& request, std::string_view name) {
  std::vector<Prefix> networks;
  for (const std::string& text : texts_argument(request, name)) {
    const Result<Prefix> network = Prefix::parse(text);
    if (!network) return fail(network.error());
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

// Without anything to set it shows the policy; "clear" takes it back.
VerbReply policy(Desk& desk, const Request& request) {
  const Result<AccountId> account = account_argument(desk, request);
  if (!account) return fail(account.error());
  if (flag_argument(request, "clear")) {
    if (const Result<void> removed = desk.policies.remove(*account); !removed) return fail(removed.error());
    if (const Result<void> refreshed = desk.refresh_rules(); !refreshed) return fail(refreshed.error());
    return json::object{{"account", account->text()}, {"policy", nullptr}};
  }
  Result<AccountPolicy> policy = policy_of(desk, *account);
  if (!policy) return fail(policy.error());
  const bool sets_countries = request.arguments.contains("only_countries");
  const bool sets_networks = request.arguments.contains("only_networks");
  if (!sets_countries && !sets_networks) return to_json(*policy);
  Result<std::vector<CountryCode>> countries = countries_argument(request, "only_countries");
  if (!countries) return fail(countries.error());
  Result<std::vector<Prefix>> networks = networks_argument(request, "only_networks");
  if (!networks) return fail(networks.error());
  if (sets_countries) policy->only_countries = std::move(*countries);
  if (sets_networks) policy->only_networks = std::move(*networks);
  return store_policy(desk, request, std::move(*policy));
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
  policy->trusted_networks = std::move(*networks);
  policy->expires = expiry_argument(desk, request);
  return store_policy(desk, request, std::move(*policy));
}

constexpr Verb kVerbs[] = {
    {"account show", show},           {"account standing", standing},     {"account history", history},
    {"account hold", hold, true},     {"account suspend", suspend, true}, {"account release", release, true},
    {"account policy", policy, true}, {"account trust", trust, true},
};

}  // namespace

std::span<const Verb> account_verbs() {
  return kVerbs;
}

}  // namespace postreeve
