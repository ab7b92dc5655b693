// IPv6 at home: a new interface identifier every day, with some providers a new prefix as well.
#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "lab/people/ordinary.h"
#include "lab/people/personas.h"
#include "lab/words.h"

namespace postreeve::lab {
namespace {

class Ipv6Privacy final : public Person {
 public:
  using Person::Person;

  void furnish(World& world) override {
    furnish_consumer(*this, world);
    habits.mails_a_workday = std::min(random().lognormal(1, 1), 12.0);
    new_prefix_ = random().chance(0.5);
    Line line = home_line(world.geography(), country(), random());
    for (int tries = 0; tries < 50 && world.geography().providers()[line.provider].v6_high == 0; ++tries) {
      line = home_line(world.geography(), country(), random());
    }
    line.v6 = world.geography().providers()[line.provider].v6_high != 0;
    line.lease_minutes = 24 * 60;
    set_line(kHomeLine, line);
  }

 private:
  void plan_day(World& world) override {
    Line& line = lines()[kHomeLine];
    if (new_prefix_) line.customer = (line.customer & ~0xffffULL) | random().below(0x10000);
    Person::plan_day(world);
  }

  bool new_prefix_ = false;
};

}  // namespace

std::unique_ptr<Person> make_ipv6_privacy(std::uint32_t account, Random random) {
  return std::make_unique<Ipv6Privacy>(account, random);
}

}  // namespace postreeve::lab
