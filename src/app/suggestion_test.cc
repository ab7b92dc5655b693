#include "app/suggestion.h"

#include <algorithm>
#include <array>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace postreeve {
namespace {

constexpr std::array<std::string_view, 4> kVerbs{"replay", "check-config", "version", "rely"};

TEST(Suggestion, FindsASlipOfTheFingers) {
  EXPECT_EQ(nearest_word("relpay", kVerbs), "replay");
  EXPECT_EQ(nearest_word("check_config", kVerbs), "check-config");
  EXPECT_EQ(nearest_word("VERSION", kVerbs), "version");
  EXPECT_EQ(nearest_word("check", kVerbs), "check-config");
}

TEST(Suggestion, SaysNothingWhenNothingIsNear) {
  EXPECT_EQ(nearest_word("frobnicate", kVerbs), "");
  EXPECT_EQ(nearest_word("x", kVerbs), "");
  EXPECT_EQ(nearest_word(std::string(100'000, 'r'), kVerbs), "");
  EXPECT_EQ(did_you_mean("frobnicate", kVerbs), "");
}

TEST(Suggestion, CountsASwapOfNeighboursAsOneSlip) {
  EXPECT_EQ(edit_distance("relpay", "replay"), 1U);
}

RC_GTEST_PROP(EditDistance, IsSymmetricAndNoMoreThanTheLongerWord,
              (const std::string& a, const std::string& b)) {
  RC_ASSERT(edit_distance(a, b) == edit_distance(b, a));
  RC_ASSERT(edit_distance(a, b) <= std::max(a.size(), b.size()));
  RC_ASSERT((edit_distance(a, b) == 0) == (a == b));
}

}  // namespace
}  // namespace postreeve
