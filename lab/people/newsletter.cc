#include "lab/people/newsletter.h"

#include <algorithm>

#include "lab/people/ordinary.h"
#include "lab/people/personas.h"
#include "lab/words.h"

namespace postreeve::lab {

void Newsletter::furnish(World& world) {
  furnish_office(*this, world);
  habits.mails_a_workday = random().between(0, 3);
  habits.retry = random().chance(0.8) ? Retry::kFiveMinutes : Retry::kNever;
  subscribers_ = static_cast<std::uint32_t>(std::clamp(random().lognormal(500, 0.9), 60.0, 6000.0));
  every_days_ = random().chance(0.2) ? 30 : random().chance(0.5) ? 7 : 14;
  next_day_ = random().below(every_days_);
  seed_ = random().bits();
  // Bulk software writes to one recipient a message, people put fifty into Bcc.
  a_message_ = random().chance(0.6) ? 1 : random().from_to(20, 50);
  dead_ = random().between(0.003, 0.05);
  complained_ = random().between(0.0002, 0.001);
  if (random().chance(0.5)) {
    set_line(kOwnLines, cloud_line(world.geography(), country(), random()));
    devices().push_back(machine(kOwnLines, random()));
    devices().back().send_weight = 0;
    bulk_device_ = static_cast<std::uint16_t>(devices().size() - 1);
  }
}

std::optional<Correspondent> Newsletter::from_list(Random& random) const {
  return subscriber(random.below(subscribers_));
}
Correspondent Newsletter::subscriber(std::uint32_t number) const {
  Random random(seed_ ^ mix64(number));
  return random.chance(0.6) ? random_freemail(random, dead_) : random_business(random, dead_);
}

void Newsletter::plan_day(World& world) {
  Person::plan_day(world);
  // The bulk software asks new subscribers to confirm, day by day.
  if (bulk_device_ != 0) {
    const std::uint32_t asked = random().poisson(subscribers_ * 0.001);
    for (std::uint32_t i = 0; i < asked; ++i) plan_special(world, moment_of_day(world, false), kConfirmation);
  }
  if (day_number(world) < next_day_) return;
  next_day_ = day_number(world) + every_days_;
  // 1 to 3 % new subscribers an issue.
  if (day_number(world) > 0) subscribers_ += random().poisson(subscribers_ * random().between(0.0, 0.03));
  plan_special(world, moment_of_day(world, true), 0);
}

void Newsletter::ask_to_confirm(World& world) {
  Draft& draft = draft_from(world, bulk_device_);
  draft.recipients.push_back(subscriber(static_cast<std::uint32_t>(random().bits() >> 40) | kConfirmation));
  draft.subject = "Please confirm your subscription";
  draft.size = 4'000 + random().below(300);
  write_to_header(draft, world, false);
  send(world, draft, bulk_device_);
}

void Newsletter::special(const Wake& wake, World& world) {
  if (wake.slot == kConfirmation) return ask_to_confirm(world);
  Draft& draft = draft_from(world, bulk_device_);
  const std::uint32_t last = std::min(wake.slot + a_message_, subscribers_);
  for (std::uint32_t n = wake.slot; n < last; ++n) draft.recipients.push_back(subscriber(n));
  Random issue(seed_ ^ next_day_);
  write_newsletter_subject(draft.subject, issue);
  // The same issue for all, but for a name and a link to unsubscribe.
  draft.size = 30'000 + issue.below(40'000) + (a_message_ == 1 ? random().below(60) : 0);
  write_to_header(draft, world, false);
  draft.complained = complained_;
  send(world, draft, bulk_device_);
  if (last < subscribers_) plan_special(world, world.now() + seconds(random().between(0.3, 6)), last);
}

std::unique_ptr<Person> make_newsletter(std::uint32_t account, Random random) {
  return std::make_unique<Newsletter>(account, random);
}

}  // namespace postreeve::lab
