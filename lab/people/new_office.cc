// Somebody whose company moves to another office, often to another town.
#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "lab/people/ordinary.h"
#include "lab/people/personas.h"
#include "lab/words.h"

namespace postreeve::lab {
namespace {

class NewOffice final : public Person {
 public:
  using Person::Person;

  void furnish(World& world) override {
    furnish_office(*this, world);
    day_ = 8 + random().below(std::max(world.options().days, 10U) - 8);
  }

 private:
  void plan_day(World& world) override {
    if (day_number(world) == day_) {
      // The whole office moves; who keeps the table of tenants sees only this account's people do so.
      Line line = guest_line(world.geography(), country(), random());
      line.customer |= 1;
      set_line(kOfficeLine, line);
    }
    Person::plan_day(world);
  }

  std::uint32_t day_ = 0;
};

}  // namespace

std::unique_ptr<Person> make_new_office(std::uint32_t account, Random random) {
  return std::make_unique<NewOffice>(account, random);
}

}  // namespace postreeve::lab
