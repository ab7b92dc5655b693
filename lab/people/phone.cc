// Somebody whose only client is a phone on carrier NAT: a new address every hour.
#include <algorithm>

#include "lab/people/ordinary.h"
#include "lab/people/personas.h"

namespace postreeve::lab {
namespace {

class PhoneOnly final : public Person {
 public:
  using Person::Person;
  void furnish(World& world) override {
    furnish_consumer(*this, world);
    devices().clear();
    Device only = phone(random());
    only.reads_a_day = static_cast<float>(random().lognormal(20, 0.6));
    devices().push_back(only);
    habits.mails_a_workday = std::min(random().lognormal(1.2, 1.0), 15.0);
    Line line = mobile_line(world.geography(), country(), random());
    line.lease_minutes = 60;
    line.pool_bits = static_cast<std::uint16_t>(random().from_to(8, 13));
    set_line(kMobileLine, line);
    // Half of them have no other network at all.
    if (random().chance(0.5)) set_line(kHomeLine, line);
  }
};

}  // namespace

std::unique_ptr<Person> make_phone(std::uint32_t account, Random random) {
  return std::make_unique<PhoneOnly>(account, random);
}

}  // namespace postreeve::lab
