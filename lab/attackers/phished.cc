// A phished password in a person's hands: tried within half an hour or days later, the mailbox looked
// through, a run; a third stays for more than a week, a third sells it on.
#include <algorithm>

#include "lab/attackers/families.h"

namespace postreeve::lab {

Plan plan_phished(Brief& brief) {
  Plan plan;
  // One in five is used within half an hour, while the owner who was just deceived is still at work.
  const bool at_once = brief.likely(0.3);
  if (at_once) plan.local_hour = brief.victim.habits.first_hour + brief.random.between(0, 9);
  brief.crew.kind = brief.likely(0.5) ? ProviderKind::kConsumer : ProviderKind::kVpn;
  brief.crew.countries = {brief.bot_country()};
  plan.hosts = brief.likely(0.7) ? Hosts::kOne : Hosts::kPool;
  plan.host_count = brief.random.from_to(2, 4);
  plan.by_webmail = brief.likely(0.4);
  plan.quiet_logins = brief.random.from_to(1, 5);
  const bool stays = brief.likely(0.33);
  plan.quiet_days = stays ? brief.random.between(7, 14) : brief.around(0.05, 1.5);
  plan.test_message = brief.likely(0.25);
  plan.targets = brief.likely(0.6) ? Targets::kMixed : Targets::kList;
  plan.contacts_share = brief.random.between(0.1, 0.6);
  plan.messages = brief.count_around(120, 1.0, 8);
  plan.recipients_high = brief.likely(0.5) ? brief.count_around(20, 0.5) : 1;
  plan.gap_seconds = brief.around(30, 1.0);
  plan.dead = brief.random.between(0.05, 0.35);
  plan.refused = brief.random.between(0.02, 0.3);
  plan.texts = brief.likely(0.5) ? Texts::kFraud : Texts::kSpam;
  plan.helo = brief.likely(0.5) ? HeloOf::kRandomName : HeloOf::kLiteral;
  plan.gives_up_after = brief.count_around(20, 0.8, 3);
  if (brief.likely(0.31)) {
    plan.sold_after_days = brief.around(4, 0.8);
    plan.messages_when_sold = brief.count_around(200, 0.8, 20);
  }
  plan.sets_something = brief.likely(0.3) ? 1 : 0;
  return plan;
}

}  // namespace postreeve::lab
