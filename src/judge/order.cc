#include "judge/order.h"

#include <chrono>

#include "judge/ladder.h"

namespace postreeve {
namespace {

// As with the ladder, what is long over is another story.
bool goes_on(const Standing& standing, Timestamp time) {
  if (!standing.incident.known()) return false;
  const bool is_over = standing.level == Level::kClear || standing.level == Level::kWatched;
  return !is_over || time - from_seconds32(standing.since) < std::chrono::days{7};
}

void restrict(AccountRecord& record, const Hash128& account, Level level, Timestamp time,
              const Policy& policy) {
  Standing& standing = record.standing;
  if (!goes_on(standing, time)) standing.incident = incident_id(account, time);
  standing.level = level;
  standing.scope = Scope::kWholeAccount;
  standing.since = to_seconds32(time);
  standing.until = end_of(level, time, policy.ladder);
}

void lift(AccountRecord& record, Timestamp time, const Policy& policy) {
  Standing& standing = record.standing;
  const Level next = is_restriction(standing.level) ? Level::kRecovering : Level::kClear;
  standing.level = next;
  standing.since = to_seconds32(time);
  standing.until = end_of(next, time, policy.ladder);
  record.owner.risk = {};
  record.stranger.reset();
}

}  // namespace

void apply_order(AccountRecord& record, const Hash128& account, Level level, Timestamp time,
                 const Policy& policy, Decision& decision) {
  reset(decision);
  let_expire(record.standing, time);
  const Standing before = record.standing;
  if (level == Level::kClear) {
    lift(record, time, policy);
  } else {
    restrict(record, account, level, time, policy);
  }
  record.standing.ordered = to_seconds32(time);
  decision.verdict.standing = record.standing;
  if (record.standing == before) return;
  StandingChange change;
  change.time = time;
  change.before = before;
  change.after = record.standing;
  if (record.stranger) change.outgo = record.stranger->outgo;
  change.opens_incident = is_restriction(level) && before.incident != record.standing.incident;
  decision.change = change;
}

}  // namespace postreeve
