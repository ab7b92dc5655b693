// A loud run from one rented or hacked machine: thousands of messages in an hour, 1 to 50 recipients each.
#include <algorithm>

#include "lab/attackers/families.h"

namespace postreeve::lab {

Plan plan_loud_burst(Brief& brief) {
  Plan plan;
  brief.crew.kind = brief.likely(0.6) ? ProviderKind::kHosting : ProviderKind::kConsumer;
  plan.messages = std::min(brief.count_around(700, 0.9, 80), 4000U);
  plan.recipients_high = brief.likely(0.5) ? brief.count_around(25, 0.4) : 1;
  plan.recipients_low = plan.recipients_high / 2 + 1;
  plan.gap_seconds = brief.around(2, 0.9);
  plan.dead = brief.random.between(0.1, 0.5);
  plan.refused = brief.random.between(0.02, 0.4);
  plan.helo = brief.likely(0.5) ? HeloOf::kOneName : HeloOf::kLiteral;
  plan.looks = brief.likely(0.4) ? Looks::kNameIsAddress : Looks::kOwn;
  plan.gives_up_after = brief.count_around(60, 1.0, 5);
  return plan;
}

}  // namespace postreeve::lab
