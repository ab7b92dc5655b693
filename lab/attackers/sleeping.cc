// A forgotten or former employee's mailbox: nobody has used it for long.
#include <algorithm>

#include "lab/attackers/families.h"

namespace postreeve::lab {

Plan plan_sleeping(Brief& brief) {
  Plan plan;
  brief.crew.kind = brief.likely(0.5) ? ProviderKind::kHosting : ProviderKind::kConsumer;
  if (brief.likely(0.3)) brief.crew.countries = {brief.victim.country()};
  plan.hosts = brief.likely(0.5) ? Hosts::kOne : Hosts::kPool;
  plan.host_count = brief.count_around(10, 0.8, 2);
  plan.messages = brief.count_around(150, 1.0, 10);
  plan.recipients_high = brief.likely(0.4) ? brief.count_around(20, 0.6) : 1;
  plan.gap_seconds = brief.around(30, 1.3);
  plan.dead = brief.random.between(0.1, 0.5);
  plan.gives_up_after = brief.count_around(30, 1.0, 4);
  return plan;
}

}  // namespace postreeve::lab
