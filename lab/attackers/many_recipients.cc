// Few messages with very many recipients.
#include <algorithm>

#include "lab/attackers/families.h"

namespace postreeve::lab {

Plan plan_many_recipients(Brief& brief) {
  Plan plan;
  brief.crew.kind = brief.likely(0.5) ? ProviderKind::kHosting : ProviderKind::kConsumer;
  plan.by_webmail = brief.likely(0.3);
  plan.messages = brief.random.from_to(2, 8);
  plan.recipients_high = std::min(brief.count_around(200, 0.6, 60), 1000U);
  plan.recipients_low = plan.recipients_high / 2;
  plan.gap_seconds = brief.around(180, 1.0);
  plan.dead = brief.random.between(0.1, 0.5);
  plan.texts = brief.likely(0.5) ? Texts::kFraud : Texts::kSpam;
  plan.gives_up_after = brief.random.from_to(2, 6);
  return plan;
}

}  // namespace postreeve::lab
