// Replies inside stolen threads with an attachment, from a botnet's machines.
#include <algorithm>

#include "lab/attackers/families.h"

namespace postreeve::lab {

Plan plan_thread_replies(Brief& brief) {
  Plan plan;
  brief.crew.kind = brief.likely(0.7) ? ProviderKind::kConsumer : ProviderKind::kHosting;
  plan.hosts = brief.likely(0.5) ? Hosts::kBotnet : Hosts::kPool;
  plan.host_count = brief.count_around(60, 0.9, 3);
  plan.targets = Targets::kMixed;
  plan.contacts_share = brief.random.between(0.6, 1.0);
  plan.messages = brief.count_around(50, 0.8, 8);
  plan.gap_seconds = brief.around(60, 1.0);
  plan.dead = 0.03;
  plan.refused = brief.random.between(0.02, 0.25);
  plan.texts = Texts::kReply;
  plan.looks = brief.likely(0.5) ? Looks::kForgedFrom : Looks::kOwn;
  plan.size_median = 150'000;  // the same attachment in each
  plan.infected = brief.likely(0.6);
  plan.gives_up_after = brief.count_around(15, 0.8, 3);
  return plan;
}

}  // namespace postreeve::lab
