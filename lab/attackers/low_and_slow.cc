// A patient thief in the victim's own country: a few messages an hour for days.
#include "lab/attackers/families.h"

namespace postreeve::lab {

Plan plan_low_and_slow(Brief& brief) {
  Plan plan;
  brief.crew.kind = brief.likely(0.7) ? ProviderKind::kConsumer : ProviderKind::kHosting;
  brief.crew.countries = {brief.victim.country()};
  plan.hosts = brief.likely(0.6) ? Hosts::kOne : Hosts::kPool;
  plan.host_count = brief.random.from_to(2, 6);
  plan.messages = brief.count_around(80, 0.6, 15);
  plan.recipients_high = brief.random.from_to(1, 3);
  plan.gap_seconds = brief.around(900, 0.8);
  plan.working_hours = brief.likely(0.5);
  plan.dead = brief.random.between(0.05, 0.3);
  plan.refused = brief.random.between(0.01, 0.15);
  plan.helo = brief.likely(0.5) ? HeloOf::kRandomName : HeloOf::kLiteral;
  plan.gives_up_after = brief.count_around(15, 0.8, 3);
  return plan;
}

}  // namespace postreeve::lab
