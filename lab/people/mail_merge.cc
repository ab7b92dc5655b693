// An office worker who once in a while writes to 300 people in an hour.
#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "lab/people/ordinary.h"
#include "lab/people/personas.h"
#include "lab/words.h"

namespace postreeve::lab {
namespace {

class MailMerge final : public Person {
 public:
  using Person::Person;

  void furnish(World& world) override {
    furnish_office(*this, world);
    day_ = 5 + random().below(std::max(world.options().days, 6U) - 5);
    size_ = static_cast<std::uint32_t>(random().between(120, 420));
    in_bcc_ = random().chance(0.4);
    known_ = random().between(0.0, 0.5);
    gap_seconds_ = random().lognormal(5, 0.7);
  }

 private:
  void plan_day(World& world) override {
    Person::plan_day(world);
    if (day_number(world) != day_) return;
    text_ = random().bits();
    plan_special(world, moment_of_day(world, true), 0);
  }

  void special(const Wake& wake, World& world) override {
    Draft& draft = draft_from(world, 0);
    const std::uint32_t last = std::min(wake.slot + (in_bcc_ ? 50 : 1), size_);
    for (std::uint32_t n = wake.slot; n < last; ++n) {
      draft.recipients.push_back(random().chance(known_) && !contacts().empty()
                                     ? contacts()[random().below(contacts().size())]
                                     : random_freemail(random(), 0.03));
    }
    Random text(text_);
    write_subject(draft.subject, text);
    draft.size = 20'000 + text.below(200'000);
    write_to_header(draft, world, false);
    draft.complained = 0.0003;
    send(world, draft, 0);
    if (last < size_)
      plan_special(world, world.now() + seconds(gap_seconds_ * (in_bcc_ ? 20 : random().between(0.5, 2))),
                   last);
  }

  std::uint32_t day_ = 0;
  std::uint32_t size_ = 300;
  bool in_bcc_ = false;
  double known_ = 0;
  double gap_seconds_ = 5;
  std::uint64_t text_ = 0;
};

}  // namespace

std::unique_ptr<Person> make_mail_merge(std::uint32_t account, Random random) {
  return std::make_unique<MailMerge>(account, random);
}

}  // namespace postreeve::lab
