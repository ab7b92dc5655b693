// Phishing to the victim's own newsletter list: every recipient is known.
#include <algorithm>

#include "lab/attackers/families.h"

namespace postreeve::lab {

Plan plan_newsletter_list(Brief& brief) {
  Plan plan;
  brief.crew.kind = brief.likely(0.5) ? ProviderKind::kHosting : ProviderKind::kConsumer;
  plan.targets = Targets::kOwnList;
  plan.messages = brief.count_around(200, 0.9, 5);
  plan.recipients_high = brief.likely(0.5) ? brief.random.from_to(20, 50) : 1;
  plan.gap_seconds = brief.around(6, 1.0);
  plan.refused = brief.random.between(0.0, 0.2);
  plan.texts = brief.likely(0.5) ? Texts::kFraud : Texts::kSpam;
  plan.gives_up_after = brief.count_around(20, 1.0, 3);
  plan.complained = brief.random.between(0.001, 0.006);
  return plan;
}

}  // namespace postreeve::lab
