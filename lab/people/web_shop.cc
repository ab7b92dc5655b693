#include <algorithm>
#include <cmath>

#include "lab/people/personas.h"
#include "lab/people/shop.h"
#include "lab/words.h"

namespace postreeve::lab {

void Shop::furnish(World& world) {
  set_line(kOwnLines, cloud_line(world.geography(), country(), random()));
  devices().push_back(machine(kOwnLines, random()));
  habits.retry = random().chance(0.5) ? Retry::kNever : Retry::kFiveMinutes;
  habits.trips_a_month = 0;
  habits.local_share = 0;
  orders_a_day_ = std::min(random().lognormal(20, 1.1), 500.0);
  returning_ = random().between(0.02, 0.3);
  learn_contacts(20, world);
}

Correspondent Shop::customer() {
  const double typo = 0.015;
  return random().chance(0.75) ? random_freemail(random(), typo) : random_business(random(), typo);
}

void Shop::plan_day(World& world) {
  // Orders come all day and half the night, twice as many on some days.
  const std::uint32_t orders = random().negative_binomial(orders_a_day_, 6);
  for (std::uint32_t i = 0; i < orders; ++i) {
    const double hour = 6 + 18 * std::sqrt(random().unit()) - all_countries()[country()].utc_offset;
    plan_special(world, world.now() + hours(std::fmod(hour + 24, 24.0)));
  }
}

void Shop::special(const Wake&, World& world) {
  Draft& draft = draft_from(world, 0);
  draft.recipients.push_back(random().chance(returning_) ? choose_recipient(world) : customer());
  write_order_subject(draft.subject, random());
  draft.size = static_cast<std::uint64_t>(random().lognormal(14'000, 0.4));
  write_to_header(draft, world, devices().front().quotes_to_name);
  draft.complained = 0.0002;  // "I never ordered this"
  send(world, draft, 0);
}

std::unique_ptr<Person> make_web_shop(std::uint32_t account, Random random) {
  return std::make_unique<Shop>(account, random);
}

}  // namespace postreeve::lab
