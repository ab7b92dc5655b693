// Somebody whose mail moves to a new client or is copied by a migration service.
#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "lab/people/ordinary.h"
#include "lab/people/personas.h"
#include "lab/words.h"

namespace postreeve::lab {
namespace {

class Migration final : public Person {
 public:
  using Person::Person;

  void furnish(World& world) override {
    furnish_office(*this, world);
    day_ = 8 + random().below(std::max(world.options().days, 10U) - 8);
    by_service_ = random().chance(0.4);
    if (!by_service_) return;
    set_line(kOwnLines,
             cloud_line(world.geography(), static_cast<std::uint16_t>(random().below(32)), random()));
    devices().push_back(machine(kOwnLines, random()));
    devices().back().send_weight = 0;
  }

 private:
  void plan_day(World& world) override {
    Person::plan_day(world);
    if (day_number(world) == day_) plan_special(world, moment_of_day(world, random().chance(0.5)));
  }

  void special(const Wake&, World& world) override {
    const auto device = static_cast<std::uint16_t>(by_service_ ? devices().size() - 1 : 0);
    if (!by_service_) replace_device(0);
    reread_everything(world, device,
                      static_cast<std::uint32_t>(std::min(random().lognormal(200, 1.0), 4000.0)));
  }

  std::uint32_t day_ = 0;
  bool by_service_ = false;
};

}  // namespace

std::unique_ptr<Person> make_migration(std::uint32_t account, Random random) {
  return std::make_unique<Migration>(account, random);
}

}  // namespace postreeve::lab
