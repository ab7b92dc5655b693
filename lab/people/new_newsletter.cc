// A newsletter that begins: the account's first event ever is its first issue, on the server's first day or
// in the middle of the run.
#include "lab/people/newsletter.h"
#include "lab/people/personas.h"

namespace postreeve::lab {
namespace {

class NewNewsletter final : public Newsletter {
 public:
  using Newsletter::Newsletter;

  void furnish(World& world) override {
    Newsletter::furnish(world);
    const std::uint32_t days = world.options().days;
    first_day_ = random().chance(0.5) ? 0 : days / 3 + random().below(days / 2);
    set_next_issue(first_day_);
  }

 private:
  void plan_day(World& world) override {
    if (day_number(world) >= first_day_) Newsletter::plan_day(world);
  }

  std::uint32_t first_day_ = 0;
};

}  // namespace

std::unique_ptr<Person> make_new_newsletter(std::uint32_t account, Random random) {
  return std::make_unique<NewNewsletter>(account, random);
}

}  // namespace postreeve::lab
