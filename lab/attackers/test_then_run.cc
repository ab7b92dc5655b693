// A tiny test message to a freemail address first; minutes to two days later the run.
#include <algorithm>

#include "lab/attackers/families.h"

namespace postreeve::lab {

Plan plan_credential_test(Brief& brief) {
  Plan plan;
  brief.crew.kind = brief.likely(0.5) ? ProviderKind::kHosting : ProviderKind::kConsumer;
  plan.hosts = brief.likely(0.5) ? Hosts::kPool : Hosts::kOne;
  plan.host_count = brief.count_around(8, 0.6, 2);
  plan.test_message = true;
  plan.test_lead_seconds = std::min(brief.around(3600, 1.8), 2.0 * 86400);
  plan.messages = brief.count_around(250, 0.9, 20);
  plan.recipients_high = brief.likely(0.4) ? brief.count_around(20, 0.5) : 1;
  plan.gap_seconds = brief.around(8, 1.0);
  plan.dead = brief.random.between(0.1, 0.5);
  plan.refused = brief.random.between(0.02, 0.3);
  plan.helo = brief.likely(0.5) ? HeloOf::kLocalhost : HeloOf::kRandomName;
  plan.gives_up_after = brief.count_around(40, 1.0, 5);
  return plan;
}

}  // namespace postreeve::lab
