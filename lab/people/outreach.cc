// Sales, press and outreach staff: new people every day, for ever.
#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "lab/people/ordinary.h"
#include "lab/people/personas.h"
#include "lab/words.h"

namespace postreeve::lab {
namespace {

class Outreach final : public Person {
 public:
  using Person::Person;

  void furnish(World& world) override {
    furnish_office(*this, world);
    habits.novelty_floor = random().between(0.06, 0.13);
    habits.local_share = 0.1;
    habits.bad_new_address = 0.06;
    habits.more_recipients = random().lognormal(1.4, 0.35);
    habits.trips_a_month = 0.3;
  }
};

}  // namespace

std::unique_ptr<Person> make_outreach(std::uint32_t account, Random random) {
  return std::make_unique<Outreach>(account, random);
}

}  // namespace postreeve::lab
