// An account that slept: mails at the beginning, then nothing, then its owner is back.
#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "lab/people/ordinary.h"
#include "lab/people/personas.h"
#include "lab/words.h"

namespace postreeve::lab {
namespace {

class FirstAfterYear final : public Person {
 public:
  using Person::Person;

  void furnish(World& world) override {
    furnish_consumer(*this, world);
    const std::uint32_t all = std::max(world.options().days, 30U);
    day_ = all / 2 + random().below(all / 2);
    reads_ = random().chance(0.5);
    never_wrote_ = random().chance(0.3);
    habits.trips_a_month = 0;
  }

 private:
  void plan_day(World& world) override {
    if (reads_ || day_number(world) < 2 || day_number(world) >= day_) plan_reads(world);
    if (day_number(world) < 2 && !never_wrote_) plan_mails(world, 2);
    if (day_number(world) != day_) return;
    const std::uint32_t mails = random().from_to(1, 5);
    for (std::uint32_t i = 0; i < mails; ++i) {
      world.plan(moment_of_day(world, true), self(), kSend, sending_device());
    }
  }

  std::uint32_t day_ = 0;
  bool reads_ = false;
  bool never_wrote_ = false;
};

}  // namespace

std::unique_ptr<Person> make_first_after_year(std::uint32_t account, Random random) {
  return std::make_unique<FirstAfterYear>(account, random);
}

}  // namespace postreeve::lab
