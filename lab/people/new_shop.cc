// A web shop that opens: no event before its first order, on the server's first day or in the middle of the
// run.
#include "lab/people/personas.h"
#include "lab/people/shop.h"

namespace postreeve::lab {
namespace {

class NewShop final : public Shop {
 public:
  using Shop::Shop;

  void furnish(World& world) override {
    Shop::furnish(world);
    const std::uint32_t days = world.options().days;
    first_day_ = random().chance(0.5) ? 0 : days / 3 + random().below(days / 2);
  }

 private:
  void plan_day(World& world) override {
    if (day_number(world) >= first_day_) Shop::plan_day(world);
  }

  std::uint32_t first_day_ = 0;
};

}  // namespace

std::unique_ptr<Person> make_new_shop(std::uint32_t account, Random random) {
  return std::make_unique<NewShop>(account, random);
}

}  // namespace postreeve::lab
