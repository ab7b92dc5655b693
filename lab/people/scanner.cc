// A scanner or a script: machine mail round the clock to a handful of colleagues, never retried.
#include "lab/people/personas.h"
#include "lab/words.h"

namespace postreeve::lab {
namespace {

class Scanner final : public Person {
 public:
  using Person::Person;

  void furnish(World& world) override {
    habits.retry = Retry::kNever;
    habits.local_share = 0.8;
    habits.novelty_floor = 0.005;
    habits.trips_a_month = 0;
    devices().push_back(machine(kOfficeLine, random()));
    a_day_ = random().lognormal(25, 1.0);
    by_night_ = random().chance(0.6);
    learn_contacts(random().from_to(2, 15), world);
  }

 private:
  void plan_day(World& world) override {
    const bool quiet = !by_night_ && is_weekend(world.now() + hours(12));
    const std::uint32_t count = quiet ? 0 : random().negative_binomial(a_day_, 4);
    for (std::uint32_t i = 0; i < count; ++i) {
      plan_special(world,
                   by_night_ ? world.now() + hours(random().between(0, 24)) : moment_of_day(world, true));
    }
  }

  void special(const Wake&, World& world) override {
    Draft& draft = draft_from(world, 0);
    draft.recipients.push_back(choose_recipient(world));
    write_scan_subject(draft.subject, random());
    draft.size = static_cast<std::uint64_t>(random().lognormal(300'000, 1.2));
    write_to_header(draft, world, true);
    send(world, draft, 0);
  }

  double a_day_ = 20;
  bool by_night_ = true;
};

}  // namespace

std::unique_ptr<Person> make_scanner(std::uint32_t account, Random random) {
  return std::make_unique<Scanner>(account, random);
}

}  // namespace postreeve::lab
