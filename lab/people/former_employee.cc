// Somebody who leaves the company: ordinary work, then nothing, but nobody closes the mailbox.
#include "lab/people/ordinary.h"
#include "lab/people/personas.h"

namespace postreeve::lab {
namespace {

class FormerEmployee final : public Person {
 public:
  using Person::Person;

  void furnish(World& world) override {
    furnish_office(*this, world);
    // Most of them left before the server had Postreeve.
    last_day_ = random().chance(0.6) ? 0 : random().below(world.options().days / 2 + 1);
    // A forgotten phone goes on polling for one in three.
    forgotten_phone_ = random().chance(0.33);
    phone_ = static_cast<std::uint16_t>(devices().size());
    devices().push_back(phone(random()));
    devices().back().send_weight = 0.1F;
  }

 private:
  void plan_day(World& world) override {
    if (day_number(world) < last_day_) return Person::plan_day(world);
    if (!forgotten_phone_) return;
    const std::uint32_t polls = random().poisson(devices()[phone_].reads_a_day);
    for (std::uint32_t i = 0; i < polls; ++i)
      world.plan(moment_of_day(world, random().chance(0.75)), self(), kRead, phone_);
  }

  std::uint32_t last_day_ = 0;
  bool forgotten_phone_ = false;
  std::uint16_t phone_ = 0;
};

}  // namespace

std::unique_ptr<Person> make_former_employee(std::uint32_t account, Random random) {
  return std::make_unique<FormerEmployee>(account, random);
}

}  // namespace postreeve::lab
