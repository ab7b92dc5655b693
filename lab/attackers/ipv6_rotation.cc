// One machine that rotates inside an IPv6 /48.
#include <algorithm>

#include "lab/attackers/families.h"

namespace postreeve::lab {

Plan plan_ipv6_rotation(Brief& brief) {
  Plan plan;
  brief.crew.kind = ProviderKind::kHosting;
  const Geography& geography = brief.world.geography();
  std::uint32_t provider = 0;
  do {
    provider = geography.pick_provider(ProviderKind::kHosting, brief.bot_country(), brief.random);
  } while (geography.providers()[provider].v6_high == 0);
  brief.crew.same_provider = provider + 1;
  plan.hosts = Hosts::kRotatingV6;
  plan.messages = brief.count_around(200, 0.9, 15);
  plan.recipients_high = brief.likely(0.3) ? brief.count_around(10, 0.5) : 1;
  plan.gap_seconds = brief.around(15, 1.2);
  plan.dead = brief.random.between(0.1, 0.45);
  plan.helo = brief.likely(0.5) ? HeloOf::kOneName : HeloOf::kLiteral;
  plan.gives_up_after = brief.count_around(40, 1.0, 5);
  return plan;
}

}  // namespace postreeve::lab
