// A school's office: once or twice a circular to all parents within minutes.
#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "lab/people/ordinary.h"
#include "lab/people/personas.h"
#include "lab/words.h"

namespace postreeve::lab {
namespace {

class SchoolCircular final : public Person {
 public:
  using Person::Person;

  void furnish(World& world) override {
    furnish_office(*this, world);
    habits.mails_a_workday = random().lognormal(8, 0.6);
    parents_ = static_cast<std::uint32_t>(std::clamp(random().lognormal(350, 0.5), 80.0, 1500.0));
    a_message_ = random().chance(0.3) ? 1 : random().from_to(20, 99);
    seed_ = random().bits();
    day_ = 1 + random().below(world.options().days);
    again_ = random().chance(0.5) ? day_ + 1 + random().below(20) : 0xffff;
  }

  std::optional<Correspondent> from_list(Random& random) const override {
    return parent(random.below(parents_));
  }

 private:
  Correspondent parent(std::uint32_t number) const {
    Random random(seed_ ^ mix64(number));
    return random_freemail(random, 0.02);
  }

  void plan_day(World& world) override {
    Person::plan_day(world);
    if (day_number(world) == day_ || day_number(world) == again_)
      plan_special(world, moment_of_day(world, true), 0);
  }

  void special(const Wake& wake, World& world) override {
    Draft& draft = draft_from(world, 0);
    const std::uint32_t last = std::min(wake.slot + a_message_, parents_);
    for (std::uint32_t n = wake.slot; n < last; ++n) draft.recipients.push_back(parent(n));
    Random text(seed_ + day_number(world));
    write_subject(draft.subject, text);
    draft.size = 9000 + text.below(900'000);
    write_to_header(draft, world, false);
    draft.complained = 0.0001;
    send(world, draft, 0);
    if (last < parents_)
      plan_special(world, world.now() + seconds(random().between(1, a_message_ == 1 ? 3 : 25)), last);
  }

  std::uint32_t parents_ = 300;
  std::uint32_t a_message_ = 50;
  std::uint64_t seed_ = 0;
  std::uint32_t day_ = 0;
  std::uint32_t again_ = 0xffff;
};

}  // namespace

std::unique_ptr<Person> make_school_circular(std::uint32_t account, Random random) {
  return std::make_unique<SchoolCircular>(account, random);
}

}  // namespace postreeve::lab
