// A forged sender through a valid login: neither envelope nor From is the account's.
#include <algorithm>

#include "lab/attackers/families.h"

namespace postreeve::lab {

Plan plan_forged_sender(Brief& brief) {
  Plan plan;
  brief.crew.kind = brief.likely(0.6) ? ProviderKind::kConsumer : ProviderKind::kHosting;
  plan.hosts = brief.likely(0.5) ? Hosts::kPool : Hosts::kOne;
  plan.host_count = brief.count_around(10, 0.8, 2);
  plan.looks = brief.likely(0.6) ? Looks::kForgedEnvelope : Looks::kForgedFrom;
  plan.messages = brief.count_around(200, 0.9, 15);
  plan.recipients_high = brief.random.from_to(1, 3);
  plan.gap_seconds = brief.around(15, 1.2);
  plan.dead = brief.random.between(0.1, 0.45);
  plan.size_median = 1400;
  plan.gives_up_after = brief.count_around(40, 1.0, 5);
  return plan;
}

}  // namespace postreeve::lab
