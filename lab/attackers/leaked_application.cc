// An application's credentials leaked and used from cloud hosts; its recipients were always new.
#include <algorithm>

#include "lab/attackers/families.h"

namespace postreeve::lab {

Plan plan_leaked_application(Brief& brief) {
  Plan plan;
  brief.crew.kind = ProviderKind::kHosting;
  plan.hosts = brief.likely(0.6) ? Hosts::kPool : Hosts::kOne;
  plan.host_count = brief.random.from_to(2, 6);
  plan.messages = brief.count_around(60, 1.0, 8);
  plan.gap_seconds = brief.around(200, 1.2);
  plan.dead = brief.random.between(0.03, 0.35);
  plan.refused = brief.random.between(0.0, 0.25);
  plan.helo = brief.likely(0.5) ? HeloOf::kLocalhost : HeloOf::kOneName;
  plan.looks = brief.likely(0.4) ? Looks::kNameIsAddress : Looks::kOwn;
  plan.size_median = 12'800;
  plan.gives_up_after = brief.count_around(20, 0.8, 3);
  return plan;
}

}  // namespace postreeve::lab
