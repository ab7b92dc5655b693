#include "judge/ladder.h"

#include <algorithm>

namespace postreeve {
namespace {

// A person said the owner was at work: for this long that counts against new suspicion.
constexpr Duration kDismissalMemory = std::chrono::days{30};
constexpr double kDismissalNats = 3.0;
// After a take-over thieves come back: 31 % of stolen accounts are sold on.
constexpr double kProbationNats = 1.5;

}  // namespace

double risk_of(const AccountRecord& record, const Activity& activity, Timestamp time, const Ladder& ladder) {
  double risk = ladder.prior + activity.risk.sum();
  if (record.standing.level == Level::kRecovering) risk += kProbationNats;
  const bool dismissed = record.dismissed != 0 && time - from_seconds32(record.dismissed) < kDismissalMemory;
  return dismissed ? risk - kDismissalNats : risk;
}

Level level_for(double risk, const RiskState& evidence, bool conclusive, const Ladder& ladder) {
  if (conclusive) return Level::kSuspended;
  const auto strong =
      std::ranges::count_if(evidence.nats, [&](float n) { return static_cast<double>(n) >= ladder.strong; });
  if (risk >= ladder.suspended && strong >= 2) return Level::kSuspended;
  if (risk >= ladder.held) return Level::kHeld;
  if (risk >= ladder.slowed) return Level::kSlowed;
  if (risk >= ladder.watched) return Level::kWatched;
  return Level::kClear;
}

void let_expire(Standing& standing, Timestamp time) {
  if (standing.until == 0 || from_seconds32(standing.until) > time) return;
  standing.level = Level::kClear;
  standing.since = standing.until;
  standing.until = 0;
}

std::uint32_t end_of(Level level, Timestamp time, const Ladder& ladder) {
  switch (level) {
    case Level::kSlowed:
      return to_seconds32(time + ladder.slowed_for);
    case Level::kHeld:
      return to_seconds32(time + ladder.held_for);
    case Level::kRecovering:
      return to_seconds32(time + ladder.probation);
    case Level::kClear:
    case Level::kWatched:
    case Level::kSuspended:
      return 0;
  }
  return 0;
}

IncidentId incident_id(const Hash128& account, Timestamp opened) {
  const auto moment = static_cast<std::uint64_t>(opened.time_since_epoch().count());
  const std::uint64_t id = mix64(account.low ^ mix64(account.high ^ mix64(moment)));
  return {id == 0 ? 1 : id};
}

}  // namespace postreeve
