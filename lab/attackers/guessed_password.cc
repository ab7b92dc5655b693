// Wrong passwords on the account until one fits, then the run from the same or other machines.
#include "lab/attackers/families.h"

namespace postreeve::lab {

Plan plan_guessed_password(Brief& brief) {
  Plan plan;
  brief.crew.kind = brief.likely(0.5) ? ProviderKind::kConsumer : ProviderKind::kHosting;
  plan.hosts = brief.likely(0.5) ? Hosts::kPool : Hosts::kOne;
  plan.host_count = brief.count_around(12, 0.8, 2);
  plan.failures = brief.count_around(60, 1.2, 5);
  plan.failure_gap_seconds = brief.around(40, 1.5);
  plan.pause_seconds = brief.around(1800, 1.5);
  plan.test_message = brief.likely(0.3);
  plan.messages = brief.count_around(300, 0.9, 20);
  plan.recipients_high = brief.likely(0.4) ? brief.count_around(20, 0.5) : 1;
  plan.gap_seconds = brief.around(5, 1.0);
  plan.dead = brief.random.between(0.1, 0.5);
  plan.refused = brief.random.between(0.02, 0.3);
  plan.gives_up_after = brief.count_around(40, 1.0, 5);
  return plan;
}

}  // namespace postreeve::lab
