#include "guard/rules.h"

#include <algorithm>
#include <utility>
#include <variant>

#include "mail/account_id.h"
#include "net/prefix.h"

namespace postreeve {
namespace {

// What a rule can look at; nothing of events that come from nowhere.
struct Place {
  const AccountId* account = nullptr;
  std::optional<IpAddress> address;
};

struct PlaceOf {
  Place operator()(const Login& e) const { return {&e.account, e.session.client_address}; }
  Place operator()(const Recipient& e) const { return {&e.account, e.session.client_address}; }
  Place operator()(const Submission& e) const { return {&e.account, e.session.client_address}; }
  template <typename Other>
  Place operator()(const Other&) const {
    return {};
  }
};

void add_canary(CanaryList& canaries, const std::string& value) {
  if (value.find('*') != std::string::npos) {
    canaries.patterns.push_back(value);
  } else {
    canaries.addresses.insert(value);
  }
}

}  // namespace

Rules::Rules(Policy policy, std::shared_ptr<const Locator> locator, std::vector<ListEntry> entries,
             std::vector<AccountPolicy> account_policies, Timestamp now)
    : policy_(std::move(policy)), locator_(std::move(locator)) {
  std::vector<Prefix> allowed;
  std::vector<Prefix> blocked;
  for (const ListEntry& entry : entries) {
    if (entry.expires && *entry.expires <= now) continue;
    valid_until_ = std::min(valid_until_, entry.expires.value_or(Timestamp::max()));
    if (entry.list == ListName::kCanary) {
      add_canary(policy_.canaries, entry.value);
      continue;
    }
    const bool allows = entry.list == ListName::kAllow;
    if (const Result<Prefix> network = Prefix::parse(entry.value)) {
      (allows ? allowed : blocked).push_back(*network);
    } else {
      (allows ? allow_ : block_).accounts.insert(entry.value);
    }
  }
  allow_.networks = PrefixSet(allowed);
  block_.networks = PrefixSet(blocked);
  for (AccountPolicy& policy_of : account_policies) {
    const bool trusts = !policy_of.expires || *policy_of.expires > now;
    if (trusts) valid_until_ = std::min(valid_until_, policy_of.expires.value_or(Timestamp::max()));
    of_accounts_[policy_of.account] = {
        .only_countries = std::move(policy_of.only_countries),
        .only_networks = PrefixSet(policy_of.only_networks),
        .trusted_networks = trusts ? PrefixSet(policy_of.trusted_networks) : PrefixSet()};
  }
}

Ruling Rules::ruling_on(const Event& event) const {
  const Place place = std::visit(PlaceOf{}, event);
  if (place.account == nullptr) return {};
  if (!of_accounts_.empty()) {
    const auto own = of_accounts_.find(*place.account);
    if (own != of_accounts_.end()) {
      const Ruling ruling = ruling_of_account(own->second, place.address);
      if (ruling.kind != Ruling::Kind::kNone) return ruling;
    }
  }
  if (allows(*place.account)) return {Ruling::Kind::kAllowed, "allow list", Trust::kAccount};
  if (allow_.has(*place.account, place.address)) return {Ruling::Kind::kAllowed, "allow list", Trust::kPlace};
  if (block_.has(*place.account, place.address)) return {Ruling::Kind::kRefused, "block list"};
  return {};
}

// Private addresses and web servers are no places, and unknown countries are not abroad: the webmail and the
// office's own network stay open. Who is in the webmail shows in the login to it, where the webmail tells it
// with the browser's address, which is judged here too.
Ruling Rules::ruling_of_account(const OfAccount& own, const std::optional<IpAddress>& address) const {
  if (!address) return {};
  if (own.trusted_networks.contains(*address))
    return {Ruling::Kind::kAllowed, "account policy: trusted network", Trust::kPlace};
  if (policy_.is_web_server(*address)) return {};
  if (!own.only_networks.empty() && !own.only_networks.contains(*address))
    return {Ruling::Kind::kRefused, "account policy: networks"};
  if (own.only_countries.empty()) return {};
  const CountryCode country = locator_->locate(*address).country;
  if (country.known() && std::ranges::find(own.only_countries, country) == own.only_countries.end())
    return {Ruling::Kind::kRefused, "account policy: countries"};
  return {};
}

bool Rules::NamedList::has(const AccountId& account, const std::optional<IpAddress>& address) const {
  return (address && networks.contains(*address)) || (!accounts.empty() && accounts.contains(account.text()));
}

}  // namespace postreeve
