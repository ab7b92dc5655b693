// info@: thirty people share one login, in the office, at home and on their phones.
#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "lab/people/ordinary.h"
#include "lab/people/personas.h"
#include "lab/words.h"

namespace postreeve::lab {
namespace {

class RoleMailbox final : public Person {
 public:
  using Person::Person;

  void furnish(World& world) override {
    furnish_office(*this, world);
    habits.mails_a_workday = random().lognormal(40, 0.6);
    habits.novelty_floor = random().between(0.1, 0.3);
    habits.fano = 6;
    habits.trips_a_month = 0;
    devices().clear();
    const std::uint32_t people = random().from_to(12, 35);
    for (std::uint32_t i = 0; i < people; ++i) {
      const auto place = static_cast<std::uint8_t>(kOwnLines + i);
      const double kind = random().unit();
      set_line(place, kind < 0.5 ? home_line(world.geography(), country(), random())
                                 : mobile_line(world.geography(), country(), random()));
      Device device = kind < 0.5 ? home_desktop(random()) : phone(random());
      // Each has a line of their own; half of the time everybody is in the office.
      device.mobility = random().chance(0.5) ? Mobility::kOffice : Mobility::kServer;
      device.own_line = place;
      device.reads_a_day = static_cast<float>(random().lognormal(4, 0.5));
      devices().push_back(device);
    }
    learn_contacts(300, world);
  }
};

}  // namespace

std::unique_ptr<Person> make_role_mailbox(std::uint32_t account, Random random) {
  return std::make_unique<RoleMailbox>(account, random);
}

}  // namespace postreeve::lab
