// Password spraying over many accounts; the few that give way are used.
#include <algorithm>

#include "lab/attackers/families.h"

namespace postreeve::lab {

Plan plan_spraying(Brief& brief) {
  Plan plan;
  brief.crew.kind = brief.crew.seed % 2 == 0 ? ProviderKind::kConsumer : ProviderKind::kHosting;
  plan.hosts = Hosts::kPool;
  plan.host_count = 1 + static_cast<std::uint32_t>(brief.crew.seed % 80);  // the crew's, for all accounts
  plan.sprayed_accounts = brief.member == 0 ? std::min(brief.count_around(400, 0.9, 50), 3000U) : 0;
  plan.failures = brief.random.below(4);
  plan.failure_gap_seconds = brief.around(20, 1.2);
  plan.pause_seconds = brief.around(3600, 1.5) * (1 + brief.member);
  plan.test_message = brief.likely(0.4);
  plan.messages = brief.count_around(150, 0.9, 15);
  plan.recipients_high = brief.likely(0.4) ? brief.count_around(20, 0.5) : 1;
  plan.gap_seconds = brief.around(10, 1.0);
  plan.dead = brief.random.between(0.1, 0.5);
  plan.gives_up_after = brief.count_around(40, 1.0, 5);
  return plan;
}

}  // namespace postreeve::lab
