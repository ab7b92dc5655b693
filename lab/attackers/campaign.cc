// One campaign over several accounts: the same machines and the same text within hours.
#include <algorithm>

#include "lab/attackers/families.h"

namespace postreeve::lab {

Plan plan_campaign(Brief& brief) {
  Plan plan;
  brief.crew.kind = brief.crew.seed % 2 == 0 ? ProviderKind::kHosting : ProviderKind::kConsumer;
  plan.hosts = Hosts::kPool;
  plan.host_count = 1 + static_cast<std::uint32_t>(brief.crew.seed % 12);
  plan.begins += minutes(brief.random.exponential(40) * brief.member);
  plan.messages = brief.count_around(120, 0.8, 10);
  plan.recipients_high = brief.crew.seed % 3 == 0 ? 20 : 1;
  plan.gap_seconds = brief.around(12, 0.9);
  plan.looks = brief.crew.seed % 5 < 2 ? Looks::kNameIsAddress : Looks::kOwn;
  plan.helo = HeloOf::kOneName;
  plan.dead = brief.random.between(0.05, 0.4);
  plan.gives_up_after = brief.count_around(30, 1.0, 5);
  return plan;
}

}  // namespace postreeve::lab
