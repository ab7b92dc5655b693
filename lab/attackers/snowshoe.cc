// Slow snowshoe: many accounts, many machines, a few messages each over days.
#include <algorithm>

#include "lab/attackers/families.h"

namespace postreeve::lab {

Plan plan_snowshoe(Brief& brief) {
  Plan plan;
  brief.crew.kind = brief.crew.seed % 2 == 0 ? ProviderKind::kHosting : ProviderKind::kConsumer;
  plan.hosts = Hosts::kPool;
  plan.host_count = 20 + static_cast<std::uint32_t>(brief.crew.seed % 60);
  plan.begins += hours(brief.random.between(0, 48));
  plan.messages = brief.count_around(15, 0.6, 4);
  plan.gap_seconds = brief.around(4 * 3600, 0.9);
  // Some put fifty recipients into each, then wait and take the next account.
  if (brief.crew.seed % 4 == 0) plan.recipients_low = plan.recipients_high = 50;
  plan.dead = brief.random.between(0.03, 0.25);
  plan.refused = brief.random.between(0.0, 0.15);
  plan.helo = HeloOf::kRandomName;
  plan.gives_up_after = brief.count_around(6, 0.6, 2);
  return plan;
}

}  // namespace postreeve::lab
