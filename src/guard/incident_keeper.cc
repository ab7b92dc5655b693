#include "guard/incident_keeper.h"

#include <algorithm>
#include <chrono>
#include <iterator>
#include <utility>

#include "guard/standing_entries.h"

namespace postreeve {
namespace {

constexpr std::size_t kMostKnown = 100'000;
// Longer than a commit of the ledger takes, its time limit included.
constexpr std::chrono::seconds kForWhoSetIt{10};
constexpr std::chrono::seconds kAfterAnError{5};
// In one turn: each is a question to the ledger.
constexpr std::size_t kMostAtOnce = 100;

std::uint64_t hash_of(const Standing& standing) {
  return mix64(standing.incident.value ^
               mix64(std::uint64_t{standing.since} << 8U | static_cast<std::uint64_t>(standing.level)));
}

StandingEntry unknown_entry(const SeenStanding& seen, const Policy& policy, Timestamp now) {
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
          .only_if_absent = true,
          .is_found = true};
}

}  // namespace

IncidentKeeper::IncidentKeeper(StandingWriter& writer) : writer_(writer), known_(std::make_shared<Known>()) {}

void IncidentKeeper::saw(const SeenStanding& seen, const Policy& policy, Timestamp now) {
  const Standing& standing = seen.standing;
  if (!is_restriction(standing.level) || !standing.incident.known()) return;
  if (now < from_seconds32(standing.since) + kForWhoSetIt) return;
  const std::uint64_t hash = hash_of(standing);
  {
    const std::scoped_lock lock(known_->mutex);
    if (now < known_->not_before) return;
    if (known_->standings.size() >= kMostKnown) known_->standings.clear();
    if (!known_->standings.insert(hash).second) return;
  }
  Compared compared{seen.account, standing, seen.is_observed};
  writer_.write(unknown_entry(seen, policy, now), [known = known_, compared = std::move(compared), hash,
                                                   now](const Result<void>& recorded) mutable {
    if (recorded) return;
    const std::scoped_lock lock(known->mutex);
    if (recorded.error().code == ErrorCode::kConflict) {
      if (known->to_compare.size() < kMostKnown) known->to_compare.push_back(std::move(compared));
      return;
    }
    known->standings.erase(hash);
    known->not_before = now + kAfterAnError;
  });
}

std::vector<IncidentKeeper::Compared> IncidentKeeper::Known::take(std::size_t most) {
  const std::scoped_lock lock(mutex);
  const auto end = to_compare.begin() + static_cast<std::ptrdiff_t>(std::min(most, to_compare.size()));
  std::vector<Compared> taken(std::make_move_iterator(to_compare.begin()), std::make_move_iterator(end));
  to_compare.erase(to_compare.begin(), end);
  return taken;
}

void IncidentKeeper::look_again(const IncidentBook& incidents, Timestamp now) {
  // Other nodes may be about to tell what they did while the server was away.
  if (!incidents.is_settled()) return;
  for (const Compared& seen : known_->take(kMostAtOnce)) compare(incidents, seen, now);
}

void IncidentKeeper::compare(const IncidentBook& incidents, const Compared& seen, Timestamp now) {
  const Result<std::optional<StandingRow>> row = incidents.standing_of(seen.account);
  if (!row || !*row) return;
  const Standing& said = (*row)->standing;
  if (seen.standing.level <= said.level || !holds_beyond(seen.standing, said)) return;
  writer_.write(found_entry(**row, seen.standing, seen.is_observed, now));
}

}  // namespace postreeve
