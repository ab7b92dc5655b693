// A secretary who sends as the boss: somebody else's From, sometimes their envelope.
#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "lab/people/ordinary.h"
#include "lab/people/personas.h"
#include "lab/words.h"

namespace postreeve::lab {
namespace {

class Delegate final : public Person {
 public:
  using Person::Person;

  void furnish(World& world) override {
    furnish_office(*this, world);
    const std::uint32_t bosses = random().from_to(1, 4);
    for (std::uint32_t i = 0; i < bosses; ++i) bosses_.push_back(5'000'000 + random().below(100'000));
    share_ = random().between(0.1, 0.7);
    envelope_ = random().chance(0.4);
    new_boss_day_ = random().below(world.options().days * 2);
  }

 private:
  void compose(Draft& draft, World& world) override {
    if (day_number(world) == new_boss_day_) {
      bosses_.push_back(6'000'000 + random().below(100'000));
      new_boss_day_ = 0xffff;
    }
    Person::compose(draft, world);
    if (!random().chance(share_)) return;
    const std::uint32_t tenant = world.accounts()[account()].tenant;
    const Correspondent boss =
        Correspondent::of(Realm::kLocalName, tenant, bosses_[random().below(bosses_.size())]);
    const std::string address = world.address_text(boss);
    draft.header_from = fmt::format("{} <{}>", full_name(boss.person()), address);
    if (envelope_) draft.sender = address;
  }

  std::vector<std::uint64_t> bosses_;
  double share_ = 0.3;
  bool envelope_ = false;
  std::uint32_t new_boss_day_ = 0;
};

}  // namespace

std::unique_ptr<Person> make_delegate(std::uint32_t account, Random random) {
  return std::make_unique<Delegate>(account, random);
}

}  // namespace postreeve::lab
