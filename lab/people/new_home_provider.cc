// Somebody who changes the provider at home, or moves.
#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "lab/people/ordinary.h"
#include "lab/people/personas.h"
#include "lab/words.h"

namespace postreeve::lab {
namespace {

class NewHomeProvider final : public Person {
 public:
  using Person::Person;

  void furnish(World& world) override {
    furnish_consumer(*this, world);
    if (devices().front().mobility == Mobility::kPhone) devices().push_back(home_desktop(random()));
    habits.mails_a_workday = std::max(habits.mails_a_workday, 0.5);
    day_ = 8 + random().below(std::max(world.options().days, 10U) - 8);
  }

 private:
  void plan_day(World& world) override {
    if (day_number(world) == day_) change_home_provider(world);
    Person::plan_day(world);
  }

  std::uint32_t day_ = 0;
};

}  // namespace

std::unique_ptr<Person> make_new_home_provider(std::uint32_t account, Random random) {
  return std::make_unique<NewHomeProvider>(account, random);
}

}  // namespace postreeve::lab
