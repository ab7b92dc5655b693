// Ten or twenty sends within the hour from rented machines at big cloud providers, and no more.
#include <algorithm>

#include "lab/attackers/families.h"

namespace postreeve::lab {

Plan plan_rented_cloud(Brief& brief) {
  Plan plan;
  brief.crew.kind = ProviderKind::kHosting;
  if (brief.crew.seed % 3 != 0) brief.crew.countries = {country_index("US")};
  plan.hosts = brief.likely(0.6) ? Hosts::kPool : Hosts::kOne;
  plan.host_count = brief.random.from_to(2, 5);
  plan.begins += minutes(brief.random.exponential(120) * brief.member);
  plan.messages = brief.count_around(14, 0.4, 5);
  plan.gap_seconds = 3000.0 / plan.messages;
  plan.dead = brief.random.between(0.02, 0.3);
  plan.refused = brief.random.between(0.0, 0.25);
  plan.looks = brief.likely(0.4) ? Looks::kNameIsAddress : Looks::kOwn;
  plan.helo = brief.likely(0.5) ? HeloOf::kOneName : HeloOf::kLocalhost;
  plan.size_median = 12'800;
  plan.gives_up_after = brief.count_around(8, 0.8, 2);
  return plan;
}

}  // namespace postreeve::lab
