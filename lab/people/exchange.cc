// A customer's whole Exchange through one login: many senders of one domain.
#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "lab/people/ordinary.h"
#include "lab/people/personas.h"
#include "lab/words.h"

namespace postreeve::lab {
namespace {

class Exchange final : public Person {
 public:
  using Person::Person;

  void furnish(World& world) override {
    habits.retry = random().chance(0.5) ? Retry::kOneMinute : Retry::kFifteenMinutes;
    habits.local_share = 0.05;
    habits.novelty_floor = random().between(0.06, 0.15);
    habits.more_recipients = 1.5;
    habits.trips_a_month = 0;
    devices().push_back(machine(kOfficeLine, random()));
    people_ = random().from_to(15, 200);
    learn_contacts(people_ * 15, world);
  }

 private:
  void plan_day(World& world) override {
    const double mean = people_ * 6.0 * (is_weekend(world.now() + hours(12)) ? 0.05 : 1);
    const std::uint32_t count = random().negative_binomial(mean, 20);
    for (std::uint32_t i = 0; i < count; ++i) plan_special(world, moment_of_day(world, random().chance(0.9)));
  }

  void special(const Wake&, World& world) override {
    Draft& draft = draft_from(world, 0);
    compose(draft, world);
    const std::uint32_t tenant = world.accounts()[account()].tenant;
    const Correspondent user =
        Correspondent::of(Realm::kLocalName, tenant, 7'000'000 + random().skewed_below(people_, 1.5));
    draft.sender = world.address_text(user);
    draft.header_from = fmt::format("{} <{}>", full_name(user.person()), draft.sender);
    send(world, draft, 0);
  }

  std::uint32_t people_ = 50;
};

}  // namespace

std::unique_ptr<Person> make_exchange(std::uint32_t account, Random random) {
  return std::make_unique<Exchange>(account, random);
}

}  // namespace postreeve::lab
