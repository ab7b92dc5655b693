#include "lab/population/staff.h"

namespace postreeve::lab {
namespace {

class Staff final : public Actor {
 public:
  void wake(const Wake& wake, World& world) override {
    const std::int32_t attack = world.accounts()[wake.slot].attack;
    const bool true_alarm =
        attack >= 0 && world.attacks()[static_cast<std::size_t>(attack)].begins <= world.now();
    world.judge(wake.slot, true_alarm);
    if (true_alarm) world.change_password({.account = wake.slot});
  }
};

}  // namespace

void employ_staff(World& world) {
  world.employ(world.add_actor(std::make_unique<Staff>()));
}

}  // namespace postreeve::lab
