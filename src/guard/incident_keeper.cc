#include "guard/incident_keeper.h"

#include <chrono>
#include <utility>

#include "guard/standing_entries.h"

namespace postreeve {
namespace {

constexpr std::size_t kMostKnown = 100'000;
// Longer than a commit of the ledger takes, its time limit included.
constexpr std::chrono::seconds kForWhoSetIt{10};
constexpr std::chrono::seconds kAfterAnError{5};

StandingEntry found_entry(const SeenStanding& seen, const Policy& policy, Timestamp now) {
  StandingChange change;
  change.time = now;
  change.after = seen.standing;
  change.opens_incident = true;
  return {.account = seen.account,
          .key = seen.key,
          .tenant = tenant_of(seen.account, policy),
          .change = change,
          .is_observed = seen.is_observed,
          .client = {},
          .author = std::string(kOurselves),
          .reason = "found in the account's record; whoever set it has not told why",
          .evidence = {},
          .actions = {},
          .actions_after_observed = {},
          .only_if_absent = true};
}

}  // namespace

IncidentKeeper::IncidentKeeper(StandingWriter& writer) : writer_(writer), known_(std::make_shared<Known>()) {}

void IncidentKeeper::saw(const SeenStanding& seen, const Policy& policy, Timestamp now) {
  const Standing& standing = seen.standing;
  if (!is_restriction(standing.level) || !standing.incident.known()) return;
  if (now < from_seconds32(standing.since) + kForWhoSetIt) return;
  const std::uint64_t incident = standing.incident.value;
  {
    const std::scoped_lock lock(known_->mutex);
    if (now < known_->not_before) return;
    if (known_->incidents.size() >= kMostKnown) known_->incidents.clear();
    if (!known_->incidents.insert(incident).second) return;
  }
  writer_.write(found_entry(seen, policy, now),
                [known = known_, incident, now](const Result<void>& recorded) {
                  if (recorded || recorded.error().code == ErrorCode::kConflict) return;
                  const std::scoped_lock lock(known->mutex);
                  known->incidents.erase(incident);
                  known->not_before = now + kAfterAnError;
                });
}

}  // namespace postreeve
