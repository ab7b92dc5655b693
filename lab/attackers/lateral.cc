// Lateral phishing: to the victim's own contacts and colleagues, mostly in working hours.
#include <algorithm>

#include "lab/attackers/families.h"

namespace postreeve::lab {

Plan plan_lateral(Brief& brief) {
  Plan plan;
  brief.crew.kind = brief.likely(0.4) ? ProviderKind::kVpn : ProviderKind::kConsumer;
  brief.crew.countries = {brief.likely(0.25) ? brief.victim.country() : brief.bot_country()};
  plan.by_webmail = brief.likely(0.25);
  plan.quiet_logins = brief.random.from_to(0, 6);
  plan.quiet_days = brief.random.between(0.1, 4);
  plan.working_hours = brief.likely(0.8);
  plan.targets = brief.likely(0.7) ? Targets::kContacts : Targets::kMixed;
  plan.contacts_share = 0.7;
  plan.messages = brief.count_around(25, 0.9, 3);
  plan.recipients_high = brief.likely(0.4) ? brief.count_around(15, 0.6) : 1;
  plan.gap_seconds = brief.around(60, 1.0);
  plan.dead = 0.02;
  plan.refused = brief.random.between(0.0, 0.08);
  plan.texts = brief.likely(0.5) ? Texts::kFraud : Texts::kReply;
  plan.helo = brief.likely(0.5) ? HeloOf::kRandomName : HeloOf::kLiteral;
  plan.logins_a_message = 0.3;
  plan.gives_up_after = brief.count_around(6, 0.8, 2);
  plan.sets_something = brief.likely(0.25) ? 1 : 0;
  plan.complained = brief.random.between(0.001, 0.01);
  return plan;
}

}  // namespace postreeve::lab
