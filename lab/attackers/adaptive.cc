// One who knows the thresholds: the victim's country, hours, volume and client, spread over accounts.
#include <algorithm>

#include "lab/attackers/families.h"

namespace postreeve::lab {

Plan plan_adaptive(Brief& brief) {
  Plan plan;
  // One crew, one network of the victim's country; half of them even found the victim's own provider.
  brief.crew.kind = ProviderKind::kConsumer;
  brief.crew.countries = {brief.victim.country()};
  if (brief.likely(0.5)) brief.crew.same_provider = brief.victim.lines()[Person::kHomeLine].provider + 1;
  plan.hosts = brief.likely(0.6) ? Hosts::kOne : Hosts::kPool;
  plan.host_count = brief.random.from_to(2, 4);
  plan.quiet_logins = brief.random.from_to(0, 20);
  plan.quiet_days = brief.random.between(1, 8);
  plan.begins += hours(brief.random.between(0, 72));
  plan.working_hours = true;
  const double a_day =
      std::clamp(brief.victim.habits.mails_a_workday * brief.random.between(0.3, 1.0), 2.0, 18.0);
  plan.gap_seconds = 9.5 * 3600 / a_day;
  plan.gap_sigma = 0.5;
  plan.messages = static_cast<std::uint32_t>(a_day * brief.random.between(3, 9));
  plan.targets = Targets::kMixed;
  plan.contacts_share = brief.random.between(0.2, 0.6);
  plan.dead = brief.random.between(0.005, 0.05);
  plan.refused = brief.random.between(0.0, 0.03);
  plan.texts = Texts::kVictims;
  if (brief.likely(0.6)) {
    plan.helo = HeloOf::kVictims;
  } else {
    plan.helo = plan.messages % 2 == 0 ? HeloOf::kOfVictimsDomain : HeloOf::kLiteral;
  }
  plan.size_median = 9000;
  plan.by_hand = true;
  plan.gives_up_after = brief.random.from_to(2, 4);
  plan.retries = 0.3;
  plan.complained = brief.random.between(0.0005, 0.004);
  return plan;
}

}  // namespace postreeve::lab
