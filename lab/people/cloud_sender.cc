// A cloud service sends for the customer from two cloud addresses, beside the owner.
#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "lab/people/ordinary.h"
#include "lab/people/personas.h"
#include "lab/words.h"

namespace postreeve::lab {
namespace {

class CloudSender final : public Person {
 public:
  using Person::Person;

  void furnish(World& world) override {
    furnish_office(*this, world);
    habits.mails_a_workday = random().between(0, 6);
    const auto where = static_cast<std::uint16_t>(random().below(32));
    // One provider, two of its machines.
    Line line = cloud_line(world.geography(), where, random());
    for (std::uint8_t place = kOwnLines; place < kOwnLines + 2; ++place) {
      line.customer = random().bits() | 1;
      set_line(place, line);
      devices().push_back(machine(place, random()));
      if (devices().back().helo_style == HeloStyle::kName) devices().back().helo_style = HeloStyle::kHosted;
      devices().back().send_weight = 0;
    }
    service_ = static_cast<std::uint16_t>(devices().size() - 2);
    a_day_ = random().lognormal(6, 1.0);
    // Such services stay for years: few begin while somebody looks.
    first_day_ = random().chance(0.9) ? 0 : random().below(world.options().days);
  }

 private:
  void plan_day(World& world) override {
    Person::plan_day(world);
    if (day_number(world) < first_day_) return;
    const std::uint32_t count = random().negative_binomial(a_day_, 2);
    for (std::uint32_t i = 0; i < count; ++i) plan_special(world, moment_of_day(world, random().chance(0.8)));
  }

  void special(const Wake&, World& world) override {
    const auto device = static_cast<std::uint16_t>(service_ + random().below(2));
    Draft& draft = draft_from(world, device);
    draft.recipients.push_back(random().chance(0.5) ? random_business(random(), 0.02)
                                                    : choose_recipient(world));
    write_order_subject(draft.subject, random());
    draft.size = static_cast<std::uint64_t>(random().lognormal(40'000, 0.6));
    write_to_header(draft, world, false);
    send(world, draft, device);
  }

  std::uint16_t service_ = 0;
  std::uint32_t first_day_ = 0;
  double a_day_ = 5;
};

}  // namespace

std::unique_ptr<Person> make_cloud_sender(std::uint32_t account, Random random) {
  return std::make_unique<CloudSender>(account, random);
}

}  // namespace postreeve::lab
