#include "guard/standing_entries.h"

#include <algorithm>
#include <variant>

#include <fmt/format.h>

#include "finding/explain.h"
#include "guard/event_words.h"

namespace postreeve {
namespace {

std::vector<SaidEvidence> said(const EvidenceList& evidence) {
  std::vector<SaidEvidence> sentences;
  sentences.reserve(evidence.size());
  for (const Evidence& found : evidence) {
    sentences.push_back({.detector = std::string(to_text(detector_of(found.reason))),
                         .group = std::string(to_text(group_of(found.reason))),
                         .nats = static_cast<double>(found.nats),
                         .says = explain(found)});
  }
  std::ranges::stable_sort(sentences, [](const auto& a, const auto& b) { return a.nats > b.nats; });
  return sentences;
}

// Of a change that leaves the standing as it was.
std::string reason_of(const Observation& observation) {
  const StandingChange& change = *observation.change;
  if (change.before != change.after) return {};
  return fmt::format("what comes from the owner's own places is {} too",
                     to_text(observation.verdict.in_force));
}

}  // namespace

std::string tenant_of(const AccountId& account, const Policy& policy) {
  const std::string_view domain = account.domain();
  for (const Tenant& tenant : policy.tenants) {
    if (std::ranges::find(tenant.domains, domain) != tenant.domains.end()) return tenant.name;
  }
  return {};
}

bool is_by_web_server(const Event& event, const Policy& policy) {
  if (const auto* asked = std::get_if<Recipient>(&event)) return policy.is_by_webmail(asked->session);
  if (const auto* message = std::get_if<Submission>(&event)) return policy.is_by_webmail(message->session);
  const std::optional<IpAddress> address = address_of(event);
  return address && policy.is_web_server(*address);
}

StandingEntry standing_entry(const Event& event, const Observation& observation, const Hash128& key,
                             const Policy& policy) {
  const AccountId& account = account_of(event);
  return {.account = account,
          .key = key,
          .tenant = tenant_of(account, policy),
          .change = *observation.change,
          .risk = static_cast<double>(observation.verdict.risk),
          .is_observed = observation.change->observed_only,
          .client = is_by_web_server(event, policy) ? std::string() : client_of(event),
          .author = std::string(kOurselves),
          .reason = reason_of(observation),
          .evidence = said(observation.verdict.evidence),
          .actions = {},
          .actions_after_observed = {}};
}

StandingEntry order_entry(const Order& order, const StandingChange& change, const Policy& policy) {
  return {.account = order.account,
          .key = order.key,
          .tenant = tenant_of(order.account, policy),
          .change = change,
          .client = {},
          .author = order.author,
          .reason = order.reason,
          .evidence = {},
          .actions = {},
          .actions_after_observed = {}};
}

bool holds_beyond(const Standing& recorded, const Standing& said) noexcept {
  if (!is_restriction(recorded.level) || !recorded.incident.known()) return false;
  if (recorded.incident != said.incident || recorded.level < said.level) return false;
  // What was lifted, or ended, within the same second may have been set before.
  if (recorded.since < said.since + (is_restriction(said.level) ? 0U : 1U)) return false;
  const bool is_longer = said.until != 0 && (recorded.until == 0 || recorded.until > said.until);
  return recorded.level > said.level || is_longer;
}

StandingEntry found_entry(const StandingRow& row, const Standing& recorded, bool is_observed,
                          Timestamp time) {
  StandingChange change;
  change.time = time;
  change.before = row.standing;
  change.after = recorded;
  return {.account = row.account,
          .key = row.key,
          .tenant = row.tenant,
          .change = change,
          .is_observed = is_observed,
          .client = {},
          .author = std::string(kOurselves),
          .reason = recorded.level == row.standing.level
                        ? "it goes on"
                        : "found in the account's record; whoever set it has not told why",
          .evidence = {},
          .actions = {},
          .actions_after_observed = {},
          .needs_stored = true,
          .is_found = true};
}

StandingEntry ended_entry(const StandingRow& row, Timestamp time) {
  StandingChange change;
  change.time = time;
  change.before = row.standing;
  change.after = row.standing;
  change.after.level = Level::kClear;
  change.after.since = row.standing.until;
  change.after.until = 0;
  return {.account = row.account,
          .key = row.key,
          .tenant = row.tenant,
          .change = change,
          .is_observed = row.is_observed,
          .client = {},
          .author = std::string(kOurselves),
          .reason = "its time is over",
          .evidence = {},
          .actions = {},
          .actions_after_observed = {},
          .needs_stored = true};
}

StandingEntry enforced_entry(const StandingRow& row, const IncidentRow& incident, Timestamp time) {
  StandingChange change;
  change.time = time;
  change.before = change.after = row.standing;
  change.outgo = incident.outgo;
  return {.account = row.account,
          .key = row.key,
          .tenant = row.tenant,
          .change = change,
          .risk = incident.risk,
          .client = {},
          .author = std::string(kOurselves),
          .reason = "it was only observed until now, and is enforced from now on",
          .evidence = {},
          .actions = {},
          .actions_after_observed = {},
          .needs_stored = true};
}

}  // namespace postreeve
