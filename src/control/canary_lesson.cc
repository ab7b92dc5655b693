#include "control/canary_lesson.h"

#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <boost/json/array.hpp>

#include "mail/address.h"
#include "store/ledger/clue_book.h"

namespace postreeve {
namespace {

namespace json = boost::json;

constexpr std::uint32_t kMostShared = 2'000;

struct Findings {
  std::vector<std::string> learnt;
  std::vector<std::string> proposed;
};

// Who else's confirmed incident had to do with an address.
struct Others {
  std::set<std::string> tenants;
  std::vector<AccountId> accounts;
};
using ByAddress = std::map<std::string, Others>;

Result<ByAddress> shared_recipients(const Desk& desk, const IncidentRow& incident) {
  const auto shared = desk.clues.shared_with(incident.id, kMostShared, ClueKind::kRecipient);
  if (!shared) return fail(shared.error());
  ByAddress addresses;
  std::map<std::uint64_t, IncidentRow> known;
  for (const SharedClue& clue : *shared) {
    const IncidentId other = clue.theirs.incident;
    if (!known.contains(other.value)) {
      auto row = desk.incidents.get(other);
      if (!row) return fail(row.error());
      known.emplace(other.value, *std::move(row));
    }
    const IncidentRow& row = known.at(other.value);
    if (row.outcome != Outcome::kConfirmed) continue;
    Others& others = addresses[clue.theirs.clue.value];
    others.tenants.insert(row.tenant);
    others.accounts.push_back(row.account);
  }
  return addresses;
}

bool is_domain_of_ours(const Desk& desk, const IncidentRow& incident, const std::string& domain) {
  if (domain == desk.default_domain || domain == incident.account.domain()) return true;
  const auto rules = desk.guard.rules();
  return std::ranges::any_of(rules->policy().tenants, [&](const Tenant& tenant) {
    return std::ranges::find(tenant.domains, domain) != tenant.domains.end();
  });
}

// A thief who writes to "*@bank.example" would make a canary of the bank.
bool may_be_a_canary(const Desk& desk, const IncidentRow& incident, const std::string& address,
                     const std::set<std::string>& canaries) {
  const auto parsed = Address::parse(address);
  if (!parsed || parsed->domain().empty() || address.contains('*') || canaries.contains(parsed->canonical()))
    return false;
  if (is_domain_of_ours(desk, incident, parsed->domain())) return false;
  const auto account = AccountId::from_login(address, desk.default_domain);
  return !account || !desk.accounts.find(desk.guard.key_of(*account));
}

Result<std::set<std::string>> canaries_now(const Desk& desk) {
  const auto entries = desk.lists.entries(ListName::kCanary, desk.guard.now());
  if (!entries) return fail(entries.error());
  std::set<std::string> canaries;
  for (const ListEntry& entry : *entries) canaries.insert(entry.value);
  return canaries;
}

Result<Findings> findings_in(const Desk& desk, const IncidentRow& incident) {
  const auto shared = shared_recipients(desk, incident);
  if (!shared) return fail(shared.error());
  const auto canaries = canaries_now(desk);
  if (!canaries) return fail(canaries.error());
  Findings findings;
  for (const auto& [address, others] : *shared) {
    if (!may_be_a_canary(desk, incident, address, *canaries)) continue;
    const auto is_honest = [&](const AccountId& account) {
      return desk.guard.knows_recipient(account, address);
    };
    const bool is_of_two_tenants = others.tenants.size() > 1 || !others.tenants.contains(incident.tenant);
    const bool is_certain =
        is_of_two_tenants && !is_honest(incident.account) && std::ranges::none_of(others.accounts, is_honest);
    (is_certain ? findings.learnt : findings.proposed).push_back(address);
  }
  if (findings.learnt.size() + findings.proposed.size() > kMostCanariesAtOnce) return Findings{};
  return findings;
}

Result<void> tell(const Desk& desk, const IncidentRow& incident, std::string text) {
  TimelineRow line;
  line.incident = incident.id;
  line.time = desk.guard.now();
  line.kind = EntryKind::kNote;
  line.author = kOurselves;
  line.text = std::move(text);
  return desk.incidents.add_entry(std::move(line));
}

Result<void> add_to_list(Desk& desk, const IncidentRow& incident, const std::vector<std::string>& addresses) {
  const Timestamp now = desk.guard.now();
  const ListEntry like{.list = ListName::kCanary,
                       .value = {},
                       .comment = fmt::format("learnt from confirmed incidents of two tenants, the latest {}",
                                              incident.id.to_string()),
                       .author = std::string(kOurselves),
                       .created = now,
                       .expires = now + kCanaryLasts};
  std::vector<ListEntry> entries(addresses.size(), like);
  for (std::size_t i = 0; i < addresses.size(); ++i) entries[i].value = addresses[i];
  if (const Result<void> added = desk.lists.add(entries); !added) return added;
  return desk.refresh_rules();
}

json::array array_of(const std::vector<std::string>& texts) {
  return json::array(texts.begin(), texts.end());
}

}  // namespace

Result<void> learn_canaries(Desk& desk, const IncidentRow& incident, bool is_dry_run, json::object& shown) {
  if (!is_dry_run) (void)desk.clues.flush();
  const Result<Findings> found = findings_in(desk, incident);
  if (!found) return fail(found.error());
  if (!found->learnt.empty()) shown.emplace("canaries_learnt", array_of(found->learnt));
  if (!found->proposed.empty()) shown.emplace("canaries_proposed", array_of(found->proposed));
  if (is_dry_run) return {};
  if (!found->learnt.empty()) {
    if (const auto added = add_to_list(desk, incident, found->learnt); !added) return added;
    const auto told = tell(
        desk, incident,
        fmt::format("canaries for {} days, because strangers in accounts of two tenants wrote to them: {}",
                    kCanaryLasts.count(), fmt::join(found->learnt, ", ")));
    if (!told) return told;
  }
  if (found->proposed.empty()) return {};
  return tell(
      desk, incident,
      fmt::format("perhaps canaries, because strangers in several accounts wrote to them; decide with "
                  "`postreeve list add canary ADDRESS`: {}",
                  fmt::join(found->proposed, ", ")));
}

}  // namespace postreeve
