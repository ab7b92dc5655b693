// A field worker who is on the road half of the time, with hotel networks.
#include <algorithm>

#include "lab/people/ordinary.h"
#include "lab/people/personas.h"

namespace postreeve::lab {
namespace {

class Traveller final : public Person {
 public:
  using Person::Person;
  void furnish(World& world) override {
    furnish_office(*this, world);
    habits.trips_a_month = 0;
    devices().clear();
    devices().push_back(laptop(random()));
    devices().push_back(phone(random()));
    trips_ = random().between(1, 6);
  }

 private:
  void plan_day(World& world) override {
    // Another hotel every few nights, mostly in the same country; then home.
    if (world.now() >= away_until_ && random().chance(trips_ / 30)) {
      away_until_ = world.now() + days(random().between(2, 12));
      abroad_ = some_country();
      travel_to(abroad_, world, random().between(1, 4));
    } else if (world.now() < away_until_ && random().chance(0.35)) {
      if (random().chance(0.25)) abroad_ = some_country();
      travel_to(abroad_, world, random().between(1, 4));
    }
    Person::plan_day(world);
  }

  std::uint16_t some_country() {
    return random().chance(0.8) ? static_cast<std::uint16_t>(random().below(30))
                                : static_cast<std::uint16_t>(random().below(all_countries().size()));
  }

  std::uint16_t abroad_ = 0;
  double trips_ = 2;
  Timestamp away_until_{};
};

}  // namespace

std::unique_ptr<Person> make_traveller(std::uint32_t account, Random random) {
  return std::make_unique<Traveller>(account, random);
}

}  // namespace postreeve::lab
