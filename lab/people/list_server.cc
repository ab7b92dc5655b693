// A mailing-list server behind one login: everybody's From, the members' addresses.
#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "lab/people/ordinary.h"
#include "lab/people/personas.h"
#include "lab/words.h"

namespace postreeve::lab {
namespace {

class ListServer final : public Person {
 public:
  using Person::Person;

  void furnish(World&) override {
    habits.retry = Retry::kFiveMinutes;
    habits.local_share = 0.2;
    devices().push_back(machine(kOfficeLine, random()));
    posts_a_day_ = random().lognormal(5, 0.8);
    const std::uint32_t lists = random().from_to(1, 6);
    for (std::uint32_t i = 0; i < lists; ++i)
      sizes_.push_back(static_cast<std::uint32_t>(random().lognormal(60, 1.0)) + 5);
    seed_ = random().bits();
  }

  std::optional<Correspondent> from_list(Random& random) const override {
    return member(0, random.below(sizes_[0]));
  }

 private:
  Correspondent member(std::uint32_t list, std::uint32_t number) const {
    Random random(seed_ ^ mix64(std::uint64_t{list} << 32 | number));
    return random.chance(0.5) ? random_freemail(random, 0.01) : random_business(random, 0.01);
  }

  void plan_day(World& world) override {
    const std::uint32_t posts =
        random().negative_binomial(posts_a_day_ * (is_weekend(world.now() + hours(12)) ? 0.4 : 1), 1.5);
    for (std::uint32_t i = 0; i < posts; ++i) {
      plan_special(world, moment_of_day(world, random().chance(0.7)), random().below(sizes_.size()));
    }
  }

  void special(const Wake& wake, World& world) override {
    const std::uint32_t list = wake.slot;
    if (random().chance(0.05)) ++sizes_[list];
    const Correspondent poster = member(list, random().below(sizes_[list]));
    std::uint32_t done = 0;
    const std::uint64_t text = random().bits();
    while (done < sizes_[list]) {
      Draft& draft = draft_from(world, 0);
      const std::uint32_t last = std::min(done + 50, sizes_[list]);
      for (; done < last; ++done) draft.recipients.push_back(member(list, done));
      draft.sender =
          fmt::format("list{}-bounces@{}", list, world.tenants()[world.accounts()[account()].tenant].domain);
      draft.header_from = fmt::format("{} <{}>", full_name(poster.person()), world.address_text(poster));
      draft.header_to =
          fmt::format("list{}@{}", list, world.tenants()[world.accounts()[account()].tenant].domain);
      Random words(text);
      write_reply_subject(draft.subject, words);
      draft.size = 2000 + words.below(20'000);
      draft.complained = 0.0001;
      send(world, draft, 0);
    }
  }

  double posts_a_day_ = 5;
  std::vector<std::uint32_t> sizes_;
  std::uint64_t seed_ = 0;
};

}  // namespace

std::unique_ptr<Person> make_list_server(std::uint32_t account, Random random) {
  return std::make_unique<ListServer>(account, random);
}

}  // namespace postreeve::lab
