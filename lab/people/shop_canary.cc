// A web shop on whose order form somebody typed a canary address.
#include <algorithm>

#include "lab/people/personas.h"
#include "lab/people/shop.h"

namespace postreeve::lab {
namespace {

class ShopCanary final : public Shop {
 public:
  using Shop::Shop;

  void furnish(World& world) override {
    Shop::furnish(world);
    day_ = random().below(world.options().days);
    left_ = random().from_to(1, 3);
  }

 private:
  void plan_day(World& world) override {
    Shop::plan_day(world);
    armed_ = day_number(world) >= day_;
  }

  Correspondent customer() override {
    if (!armed_ || left_ == 0 || !random().chance(0.2)) return Shop::customer();
    --left_;
    return Correspondent::of(Realm::kCanary, 0, random().below(50));
  }

  std::uint32_t day_ = 0;
  std::uint32_t left_ = 1;
  bool armed_ = false;
};

}  // namespace

std::unique_ptr<Person> make_shop_canary(std::uint32_t account, Random random) {
  return std::make_unique<ShopCanary>(account, random);
}

}  // namespace postreeve::lab
