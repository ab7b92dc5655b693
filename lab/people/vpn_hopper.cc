// A VPN user whose exit hops between countries within minutes.
#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "lab/people/ordinary.h"
#include "lab/people/personas.h"
#include "lab/words.h"

namespace postreeve::lab {
namespace {

class VpnHopper final : public Person {
 public:
  using Person::Person;

  void furnish(World& world) override {
    if (random().chance(0.5)) {
      furnish_office(*this, world);
    } else {
      furnish_consumer(*this, world);
      habits.mails_a_workday *= 3;
    }
    habits.vpn_share = random().between(0.6, 1.0);
    set_line(kVpnLine, vpn_line(world.geography(), random(), random().lognormal(15, 1.0)));
  }
};

}  // namespace

std::unique_ptr<Person> make_vpn_hopper(std::uint32_t account, Random random) {
  return std::make_unique<VpnHopper>(account, random);
}

}  // namespace postreeve::lab
