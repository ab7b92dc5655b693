// A botnet of residential addresses in many countries, one or two messages an address.
#include "lab/attackers/families.h"

namespace postreeve::lab {

Plan plan_botnet(Brief& brief) {
  Plan plan;
  brief.crew.kind = ProviderKind::kConsumer;
  plan.hosts = Hosts::kBotnet;
  // A group of accounts is served by the same machines, which change address and account.
  plan.host_count = Random(brief.crew.seed).from_to(40, 700);
  plan.begins += minutes(brief.random.exponential(90) * brief.member);
  // Some only try, from everywhere within minutes, before they send: 22 logins an address.
  if (brief.likely(0.4)) {
    plan.quiet_logins = brief.count_around(150, 1.0, 20);
    plan.quiet_days = brief.around(0.05, 1.0);
    plan.reads_by_imap = false;
  }
  plan.messages = brief.count_around(300, 0.8, 30);
  plan.recipients_high = brief.likely(0.3) ? brief.count_around(8, 0.6) : 2;
  plan.gap_seconds = brief.around(20, 1.2);
  plan.dead = brief.random.between(0.1, 0.45);
  plan.refused = brief.random.between(0.05, 0.4);
  plan.looks = brief.likely(0.3) ? Looks::kForgedEnvelope : Looks::kOwn;
  plan.helo = brief.likely(0.5) ? HeloOf::kRandomName : HeloOf::kLiteral;
  plan.size_median = 1400;
  plan.gives_up_after = brief.count_around(40, 1.0, 5);
  return plan;
}

}  // namespace postreeve::lab
