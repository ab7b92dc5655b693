// The day after a password change: every old phone hammers with the wrong one.
#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "lab/people/ordinary.h"
#include "lab/people/personas.h"
#include "lab/words.h"

namespace postreeve::lab {
namespace {

class PasswordChange final : public Person {
 public:
  using Person::Person;

  void furnish(World& world) override {
    if (random().chance(0.6))
      furnish_office(*this, world);
    else
      furnish_consumer(*this, world);
    devices().push_back(phone(random()));
    if (random().chance(0.4)) devices().push_back(phone(random()));
    day_ = 4 + random().below(std::max(world.options().days, 6U) - 4);
  }

 private:
  void plan_day(World& world) override {
    Person::plan_day(world);
    if (day_number(world) == day_) plan_special(world, moment_of_day(world, true));
  }

  void special(const Wake&, World& world) override { change_password(world, random().lognormal(14, 0.8)); }

  std::uint32_t day_ = 0;
};

}  // namespace

std::unique_ptr<Person> make_password_change(std::uint32_t account, Random random) {
  return std::make_unique<PasswordChange>(account, random);
}

}  // namespace postreeve::lab
