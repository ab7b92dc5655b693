// Local recipients only: the colleagues of the victim, real and guessed names.
#include <algorithm>

#include "lab/attackers/families.h"

namespace postreeve::lab {

Plan plan_local_only(Brief& brief) {
  Plan plan;
  brief.crew.kind = brief.likely(0.5) ? ProviderKind::kConsumer : ProviderKind::kVpn;
  if (brief.likely(0.25)) brief.crew.countries = {brief.victim.country()};
  plan.targets = Targets::kLocal;
  plan.working_hours = brief.likely(0.5);
  plan.by_webmail = brief.likely(0.3);
  plan.messages = brief.count_around(40, 0.8, 4);
  plan.recipients_high = brief.likely(0.4) ? brief.random.from_to(5, 40) : 1;
  plan.gap_seconds = brief.around(40, 1.0);
  plan.dead = brief.random.between(0.0, 0.3);
  plan.refused = 0;
  plan.texts = Texts::kFraud;
  plan.gives_up_after = brief.count_around(12, 0.8, 2);
  return plan;
}

}  // namespace postreeve::lab
