// Weeks of quiet logins from the thief's network before the first message, to poison what is familiar.
#include <algorithm>

#include "lab/attackers/families.h"

namespace postreeve::lab {

Plan plan_quiet_logins(Brief& brief) {
  Plan plan;
  brief.crew.kind = brief.likely(0.6) ? ProviderKind::kConsumer : ProviderKind::kHosting;
  if (brief.likely(0.4)) brief.crew.countries = {brief.victim.country()};
  plan.quiet_logins = brief.count_around(60, 0.8, 10);
  plan.quiet_days = std::min(brief.around(15, 0.4), 0.6 * brief.world.options().days);
  plan.reads_by_imap = brief.likely(0.8);
  plan.messages = brief.count_around(150, 0.9, 15);
  plan.recipients_high = brief.likely(0.4) ? brief.count_around(15, 0.5) : 1;
  plan.gap_seconds = brief.around(15, 1.2);
  plan.dead = brief.random.between(0.05, 0.4);
  plan.gives_up_after = brief.count_around(30, 1.0, 4);
  plan.sets_something = brief.likely(0.2) ? 1 : 0;
  return plan;
}

}  // namespace postreeve::lab
