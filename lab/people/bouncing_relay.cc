// A customer's relay with an old address list: 13 % bounces for months, always retried.
#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "lab/people/ordinary.h"
#include "lab/people/personas.h"
#include "lab/words.h"

namespace postreeve::lab {
namespace {

class BouncingRelay final : public Person {
 public:
  using Person::Person;

  void furnish(World& world) override {
    habits.retry = random().chance(0.7) ? Retry::kFiveMinutes : Retry::kFifteenMinutes;
    habits.novelty_floor = random().between(0.1, 0.6);
    habits.local_share = 0;
    habits.bad_new_address = 0;
    devices().push_back(machine(kOfficeLine, random()));
    a_day_ = random().lognormal(120, 0.9);
    bad_ = random().between(0.09, 0.18);
    learn_contacts(200, world);
  }

 private:
  void plan_day(World& world) override {
    const double mean = a_day_ * (is_weekend(world.now() + hours(12)) ? 0.3 : 1);
    const std::uint32_t count = random().negative_binomial(mean, 5);
    for (std::uint32_t i = 0; i < count; ++i) plan_special(world, moment_of_day(world, random().chance(0.7)));
  }

  void special(const Wake&, World& world) override {
    Draft& draft = draft_from(world, 0);
    Correspondent who = choose_recipient(world);
    if (random().chance(bad_))
      who = Correspondent::of(Realm::kBusiness, random().below(6000), random().bits() >> 40, true);
    draft.recipients.push_back(who);
    write_order_subject(draft.subject, random());
    draft.size = static_cast<std::uint64_t>(random().lognormal(15'000, 0.8));
    write_to_header(draft, world, true);
    send(world, draft, 0);
  }

  double a_day_ = 100;
  double bad_ = 0.13;
};

}  // namespace

std::unique_ptr<Person> make_bouncing_relay(std::uint32_t account, Random random) {
  return std::make_unique<BouncingRelay>(account, random);
}

}  // namespace postreeve::lab
