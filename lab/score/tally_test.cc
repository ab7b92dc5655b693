#include "lab/score/tally.h"

#include <gtest/gtest.h>

namespace postreeve::lab {
namespace {

TEST(UpperBound, is_that_of_the_poisson_distribution) {
  EXPECT_NEAR(upper_bound_95(0), 3.00, 0.01);  // the rule of three
  EXPECT_NEAR(upper_bound_95(1), 4.74, 0.02);
  EXPECT_NEAR(upper_bound_95(10), 16.96, 0.02);
}

TEST(Quantile, is_a_value_that_was_there) {
  EXPECT_EQ(quantile({}, 0.5), 0);
  EXPECT_EQ(quantile({3, 1, 2}, 0.5), 2);
  EXPECT_EQ(quantile({3, 1, 2}, 0.95), 3);
}

}  // namespace
}  // namespace postreeve::lab
