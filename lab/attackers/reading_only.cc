// Reading only: the mailbox is fetched, no mail is sent.
#include <algorithm>

#include "lab/attackers/families.h"

namespace postreeve::lab {

Plan plan_reading_only(Brief& brief) {
  Plan plan;
  brief.crew.kind = brief.likely(0.5) ? ProviderKind::kVpn : ProviderKind::kHosting;
  brief.crew.countries = {brief.likely(0.2) ? brief.victim.country() : brief.bot_country()};
  plan.hosts = brief.likely(0.6) ? Hosts::kOne : Hosts::kPool;
  plan.host_count = brief.random.from_to(2, 20);
  plan.quiet_logins = brief.count_around(30, 1.0, 3);
  plan.quiet_days = brief.around(4, 1.0);
  plan.by_webmail = brief.likely(0.3);
  plan.messages = 0;
  plan.sets_something = brief.likely(0.5) ? 1 : 0;
  return plan;
}

}  // namespace postreeve::lab
