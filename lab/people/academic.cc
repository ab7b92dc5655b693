// Students and staff of a university: little mail, and a tenth of it abroad.
#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "lab/people/ordinary.h"
#include "lab/people/personas.h"
#include "lab/words.h"

namespace postreeve::lab {
namespace {

class Academic final : public Person {
 public:
  using Person::Person;

  void furnish(World& world) override {
    furnish_office(*this, world);
    const double median = random().chance(0.5) ? 0.32 : 2;
    habits.mails_a_workday = std::min(random().lognormal(median, 1.16), 40.0);
    habits.outside_hours = 0.2;
    habits.weekend = 0.2;
    habits.trips_a_month = 0.1;
    if (random().chance(0.5)) devices().front() = laptop(random());
  }
};

}  // namespace

std::unique_ptr<Person> make_academic(std::uint32_t account, Random random) {
  return std::make_unique<Academic>(account, random);
}

}  // namespace postreeve::lab
