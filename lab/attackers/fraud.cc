// Business fraud: three to five hand-written mails after days of reading.
#include <algorithm>

#include "lab/attackers/families.h"

namespace postreeve::lab {

Plan plan_fraud(Brief& brief) {
  Plan plan;
  brief.crew.kind = brief.likely(0.5) ? ProviderKind::kVpn : ProviderKind::kConsumer;
  brief.crew.countries = {brief.likely(0.4) ? brief.victim.country() : brief.bot_country()};
  plan.by_webmail = brief.likely(0.35);
  plan.quiet_logins = brief.random.from_to(2, 25);
  plan.quiet_days = brief.around(3, 0.9);
  plan.working_hours = true;
  plan.messages = brief.random.from_to(3, 5);
  plan.targets = Targets::kMixed;
  plan.contacts_share = brief.random.between(0.4, 1.0);
  plan.gap_seconds = brief.around(1800, 1.0);
  plan.dead = 0.01;
  plan.refused = 0.01;
  plan.texts = brief.likely(0.6) ? Texts::kReply : Texts::kFraud;
  plan.by_hand = true;
  plan.logins_a_message = 0.8;  // reads the answers
  plan.gives_up_after = brief.random.from_to(2, 4);
  plan.retries = 0.6;
  plan.sets_something = brief.likely(0.35) ? 1 : 0;
  plan.complained = brief.random.between(0.0, 0.01);
  return plan;
}

}  // namespace postreeve::lab
