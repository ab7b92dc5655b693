// A ticket system: answers to customers, half of them new, from one server.
#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "lab/people/ordinary.h"
#include "lab/people/personas.h"
#include "lab/words.h"

namespace postreeve::lab {
namespace {

class TicketSystem final : public Person {
 public:
  using Person::Person;

  void furnish(World& world) override {
    habits.retry = random().chance(0.6) ? Retry::kOneMinute : Retry::kNever;
    habits.local_share = 0.1;
    habits.novelty_floor = random().between(0.2, 0.6);
    if (random().chance(0.5)) set_line(kOwnLines, cloud_line(world.geography(), country(), random()));
    devices().push_back(machine(lines().size() > kOwnLines ? kOwnLines : kOfficeLine, random()));
    // It fetches its mailbox from the server it sends from.
    devices().back().reads_a_day = 24;
    a_day_ = random().lognormal(40, 0.9);
    learn_contacts(100, world);
  }

 private:
  void plan_day(World& world) override {
    plan_reads(world);
    const std::uint32_t count =
        random().negative_binomial(a_day_ * (is_weekend(world.now() + hours(12)) ? 0.4 : 1), 4);
    for (std::uint32_t i = 0; i < count; ++i) plan_special(world, moment_of_day(world, random().chance(0.8)));
  }

  void special(const Wake&, World& world) override {
    Draft& draft = draft_from(world, 0);
    draft.recipients.push_back(choose_recipient(world));
    if (random().chance(0.2)) draft.recipients.push_back(new_contact(world));
    write_ticket_subject(draft.subject, random());
    draft.size = static_cast<std::uint64_t>(random().lognormal(6000, 0.8));
    write_to_header(draft, world, false);
    send(world, draft, 0);
  }

  double a_day_ = 40;
};

}  // namespace

std::unique_ptr<Person> make_ticket_system(std::uint32_t account, Random random) {
  return std::make_unique<TicketSystem>(account, random);
}

}  // namespace postreeve::lab
