#include "sketch/cusum.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <random>
#include <type_traits>
#include <vector>

namespace postreeve {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();
constexpr double kNan = std::numeric_limits<double>::quiet_NaN();

static_assert(sizeof(Cusum) == 4 && std::is_trivially_copyable_v<Cusum>);
static_assert(sizeof(Sprt) == 4 && std::is_trivially_copyable_v<Sprt>);

// Page's other form: the largest sum of steps over all stretches that end now.
RC_GTEST_PROP(Cusum, IsTheLargestSumOfTheLatestSteps, ()) {
  const auto hundredths = *rc::gen::container<std::vector<int>>(rc::gen::inRange(-500, 500));
  Cusum cusum;
  for (const int h : hundredths) cusum.step(h / 100.0, 2.5);
  double best = 0.0;
  double sum = 0.0;
  for (auto it = hundredths.rbegin(); it != hundredths.rend(); ++it) {
    sum += std::min(*it / 100.0, 2.5);
    best = std::max(best, sum);
  }
  RC_ASSERT(std::abs(static_cast<double>(cusum.s) - best) < 1e-3);
}

TEST(Cusum, StaysInRangeForAnyStep) {
  Cusum cusum;
  EXPECT_EQ(cusum.step(kNan, 1.0), 0.0);
  EXPECT_EQ(cusum.step(1.0, kNan), 0.0);
  EXPECT_EQ(cusum.step(-kInfinity, 1.0), 0.0);
  EXPECT_EQ(cusum.step(kInfinity, 2.5), 2.5);
  EXPECT_EQ(cusum.step(kInfinity, kInfinity), kLargestSum);
  EXPECT_EQ(cusum.step(-kInfinity, kInfinity), 0.0);
}

TEST(NoveltyLlr, ComparesTheTwoProbabilities) {
  EXPECT_NEAR(novelty_llr(true, 0.05, 0.95), std::log(19.0), 1e-12);
  EXPECT_NEAR(novelty_llr(false, 0.05, 0.95), -std::log(19.0), 1e-12);
  EXPECT_NEAR(novelty_llr(true, 0.01, 0.3), 3.4, 0.01);     // refusals
  EXPECT_NEAR(novelty_llr(false, 0.01, 0.3), -0.35, 0.01);  // and a delivery
  EXPECT_EQ(novelty_llr(true, 0.5, 0.5), 0.0);
}

TEST(NoveltyLlr, IsFiniteForAnything) {
  for (const double owner : {kNan, -1.0, 0.0, 0.5, 1.0, kInfinity}) {
    for (const double attacker : {kNan, -1.0, 0.0, 0.5, 1.0, kInfinity}) {
      EXPECT_LT(std::abs(novelty_llr(true, owner, attacker)), 14.0);
      EXPECT_LT(std::abs(novelty_llr(false, owner, attacker)), 14.0);
    }
  }
}

RC_GTEST_PROP(Sprt, AddsTheRatiosOfAllOutcomesUntilItDecides, ()) {
  const int one_in = *rc::gen::inRange(1, 100);
  const auto dice = *rc::gen::container<std::vector<int>>(rc::gen::inRange(0, one_in));
  const SprtRates rates;
  Sprt test;
  double sum = 0.0;
  for (const int die : dice) {
    const bool bad = die == 0;
    sum += bad ? std::log(rates.t1 / rates.t0) : std::log((1.0 - rates.t1) / (1.0 - rates.t0));
    const SprtDecision decision = test.step(bad, rates);
    if (decision == SprtDecision::kOwner) {
      RC_ASSERT(sum <= rates.lower() + 1e-4);
      RC_ASSERT(test == Sprt{});
      sum = 0.0;
    } else {
      RC_ASSERT(std::abs(static_cast<double>(test.log_ratio) - sum) < 1e-3);
      RC_ASSERT((decision == SprtDecision::kAttacker) ==
                (static_cast<double>(test.log_ratio) >= rates.upper()));
    }
  }
}

// Share of tests that end for the attacker when outcomes are bad with `t`.
double found_guilty(double t, const SprtRates& rates, int tests) {
  std::mt19937_64 random{7};
  int guilty = 0;
  for (int i = 0; i < tests; ++i) {
    Sprt test;
    SprtDecision decision = SprtDecision::kUndecided;
    while (decision == SprtDecision::kUndecided) {
      decision = test.step(static_cast<double>(random() >> 11) * 0x1p-53 < t, rates);
    }
    guilty += decision == SprtDecision::kAttacker ? 1 : 0;
  }
  return static_cast<double>(guilty) / tests;
}

TEST(Sprt, ErrsNoMoreThanItsDesignAllows) {
  const SprtRates rates{.t0 = 0.02, .t1 = 0.3, .false_alarm = 0.02, .miss = 0.05};
  EXPECT_LT(found_guilty(0.02, rates, 5000), 0.02);
  EXPECT_GT(found_guilty(0.30, rates, 5000), 0.95);
}

TEST(Sprt, DoesNotLetALongHonestPastPayForAnAttack) {
  const SprtRates rates;
  Sprt test;
  for (int i = 0; i < 100'000; ++i) test.step(false, rates);
  int needed = 0;
  while (test.step(true, rates) != SprtDecision::kAttacker) ++needed;
  EXPECT_LE(needed, 5);
}

TEST(Sprt, StaysFiniteForAnything) {
  Sprt test;
  for (const double x : {kNan, -1.0, 0.0, 1.0, kInfinity}) {
    for (int i = 0; i < 100; ++i) test.step(true, {.t0 = x, .t1 = 1.0, .false_alarm = x, .miss = x});
    EXPECT_TRUE(std::isfinite(test.log_ratio));
  }
}

}  // namespace
}  // namespace postreeve
