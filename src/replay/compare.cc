#include "replay/compare.h"

#include <algorithm>
#include <map>
#include <utility>

namespace postreeve {
namespace {

using Fates = std::map<std::string, AccountFate>;

Fates fates_of(const JudgementReport& judgement) {
  Fates fates;
  for (const IncidentReport& incident : judgement.incidents) {
    AccountFate& fate = fates[incident.account];
    fate.standing = std::max(fate.standing, incident.standing);
    fate.messages_touched += incident.messages_touched;
    fate.messages_out += incident.messages_out;
    fate.recipients_out += incident.recipients_out;
  }
  for (const RestrictedReport& restricted : judgement.restricted) {
    AccountFate& fate = fates[restricted.account];
    fate.standing = std::max(fate.standing, restricted.standing);
    fate.messages_touched = std::max<std::uint64_t>(fate.messages_touched, restricted.messages);
  }
  return fates;
}

}  // namespace

Comparison compare(std::string name_a, Report a, std::string name_b, Report b) {
  Comparison comparison{std::move(name_a), std::move(name_b), std::move(a), std::move(b), {}};
  Fates both = fates_of(comparison.a.judgement);
  const Fates of_a = both;
  const Fates of_b = fates_of(comparison.b.judgement);
  both.insert(of_b.begin(), of_b.end());
  const auto fate_in = [](const Fates& fates, const std::string& account) {
    const auto found = fates.find(account);
    return found == fates.end() ? AccountFate{} : found->second;
  };
  for (const auto& [account, ignored] : both) {
    Difference difference{account, fate_in(of_a, account), fate_in(of_b, account)};
    if (difference.a != difference.b) comparison.differences.push_back(std::move(difference));
  }
  return comparison;
}

}  // namespace postreeve
