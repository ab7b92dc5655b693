#include "detect/excess.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <cmath>

namespace postreeve {
namespace {

// Any account's past, from a mailbox hardly used to a shop.
Excess any_past() {
  return {.count = 0,
          .peak = *rc::gen::inRange(0, 5'000) / 10.0,
          .floor = *rc::gen::inRange(1, 50) * 1.0,
          .mean_per_day = *rc::gen::inRange(0, 20'000) / 10.0,
          .window_days = *rc::gen::inRange(1, 9) / 8.0};
}

TEST(Excess, IsNothingUpToThePeakOrTheFloor) {
  EXPECT_EQ(weigh_excess({.count = 12, .peak = 3, .floor = 12, .mean_per_day = 1, .window_days = 0.125}), 0);
  EXPECT_EQ(weigh_excess({.count = 50, .peak = 50, .floor = 12, .mean_per_day = 1, .window_days = 0.125}), 0);
}

TEST(Excess, IsOneNatJustAboveAndThreeMoreForEachFactorOfE) {
  const auto at = [](double count) {
    return weigh_excess({.count = count, .peak = 100, .floor = 4, .mean_per_day = 1, .window_days = 0.125});
  };
  EXPECT_NEAR(at(101), 1, 0.05);
  EXPECT_NEAR(at(272), 4, 0.05);
  EXPECT_EQ(at(10'000), 8);
}

TEST(Excess, IsNothingWhenSoManyAreUsual) {
  // A shop with thousands of orders a day, whose peaks have faded in the holidays.
  EXPECT_EQ(
      weigh_excess({.count = 200, .peak = 20, .floor = 12, .mean_per_day = 2'000, .window_days = 0.125}), 0);
}

RC_GTEST_PROP(Excess, IsANumberWithinItsBounds, ()) {
  Excess excess = any_past();
  excess.count = *rc::gen::inRange(0, 100'000);
  const double nats = weigh_excess(excess);
  RC_ASSERT(std::isfinite(nats));
  RC_ASSERT(nats >= 0 && nats <= 8);
}

RC_GTEST_PROP(Excess, NeverWeighsLessForMore, ()) {
  Excess excess = any_past();
  double before = 0;
  for (int i = 0; i < 60; ++i) {
    const double nats = weigh_excess(excess);
    RC_ASSERT(nats >= before);
    before = nats;
    excess.count = std::floor(excess.count * 1.15) + 1;
  }
}

RC_GTEST_PROP(Excess, NeverWeighsMoreForAHigherPeak, ()) {
  Excess excess = any_past();
  excess.count = *rc::gen::inRange(0, 2'000);
  const double before = weigh_excess(excess);
  excess.peak *= 2;
  RC_ASSERT(weigh_excess(excess) <= before);
}

}  // namespace
}  // namespace postreeve
