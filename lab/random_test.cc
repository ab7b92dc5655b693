#include "lab/random.h"

#include <gtest/gtest.h>

namespace postreeve::lab {
namespace {

constexpr int kDraws = 20'000;

template <typename Draw>
double mean_of(Draw draw) {
  double sum = 0;
  for (int i = 0; i < kDraws; ++i) sum += static_cast<double>(draw());
  return sum / kDraws;
}

TEST(Random, repeats_itself_from_the_same_seed) {
  Random a(7), b(7), other(8);
  const auto first = a.bits();
  EXPECT_EQ(first, b.bits());
  EXPECT_NE(first, other.bits());
}

TEST(Random, keeps_the_means_of_its_distributions) {
  Random random(1);
  EXPECT_NEAR(mean_of([&] { return random.unit(); }), 0.5, 0.02);
  EXPECT_NEAR(mean_of([&] { return random.exponential(3); }), 3, 0.15);
  EXPECT_NEAR(mean_of([&] { return random.poisson(4); }), 4, 0.1);
  EXPECT_NEAR(mean_of([&] { return random.poisson(60); }), 60, 0.5);
  EXPECT_NEAR(mean_of([&] { return random.gamma(0.5, 4); }), 2, 0.15);
  EXPECT_NEAR(mean_of([&] { return random.negative_binomial(5, 0.69); }), 5, 0.3);
}

TEST(Random, stays_inside_its_bounds) {
  Random random(2);
  for (int i = 0; i < kDraws; ++i) {
    EXPECT_LT(random.below(3), 3U);
    EXPECT_LT(random.skewed_below(10), 10U);
    const std::uint32_t in = random.from_to(4, 6);
    EXPECT_TRUE(in >= 4 && in <= 6);
  }
  EXPECT_EQ(random.below(0), 0U);
}

}  // namespace
}  // namespace postreeve::lab
