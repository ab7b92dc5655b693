// Somebody who gets a new computer: another name in EHLO, everything read again.
#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "lab/people/ordinary.h"
#include "lab/people/personas.h"
#include "lab/words.h"

namespace postreeve::lab {
namespace {

class NewLaptop final : public Person {
 public:
  using Person::Person;

  void furnish(World& world) override {
    if (random().chance(0.5))
      furnish_office(*this, world);
    else
      furnish_consumer(*this, world);
    day_ = 8 + random().below(std::max(world.options().days, 10U) - 8);
  }

 private:
  void plan_day(World& world) override {
    Person::plan_day(world);
    if (day_number(world) != day_) return;
    replace_device(0);
    plan_special(world, moment_of_day(world, true));
  }
  void special(const Wake&, World& world) override { reread_everything(world, 0, random().from_to(5, 60)); }

  std::uint32_t day_ = 0;
};

}  // namespace

std::unique_ptr<Person> make_new_laptop(std::uint32_t account, Random random) {
  return std::make_unique<NewLaptop>(account, random);
}

}  // namespace postreeve::lab
