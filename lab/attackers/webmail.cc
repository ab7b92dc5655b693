// Over the hoster's webmail: the SMTP client is the web server, only the webmail login shows the thief.
#include "lab/attackers/families.h"

namespace postreeve::lab {

Plan plan_webmail(Brief& brief) {
  Plan plan;
  brief.crew.kind = brief.likely(0.5) ? ProviderKind::kConsumer : ProviderKind::kVpn;
  brief.crew.countries = {brief.bot_country()};
  plan.by_webmail = true;
  plan.quiet_logins = brief.likely(0.5) ? brief.random.from_to(1, 4) : 0;
  plan.quiet_days = brief.random.between(0.05, 2);
  plan.messages = brief.count_around(60, 0.9, 5);
  plan.recipients_low = 5;
  plan.recipients_high = brief.count_around(40, 0.5, 6);
  plan.gap_seconds = brief.around(90, 0.7);
  plan.dead = brief.random.between(0.1, 0.4);
  plan.refused = brief.random.between(0.02, 0.3);
  plan.texts = brief.likely(0.3) ? Texts::kFraud : Texts::kSpam;
  plan.gives_up_after = brief.count_around(8, 0.8, 2);
  return plan;
}

}  // namespace postreeve::lab
