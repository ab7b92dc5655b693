#include "lab/score/weights_file.h"

#include <fstream>

#include <gtest/gtest.h>

#include "judge/weights.h"
#include "lab/fit/fit.h"

namespace postreeve::lab {
namespace {

std::filesystem::path written(const Fit& fit) {
  const std::filesystem::path file = testing::TempDir() + "lab_weights.cc";
  std::ofstream(file) << weights_source(fit, "postreeve-lab fit");
  return file;
}

TEST(WeightsFile, is_what_a_fit_writes) {
  Fit before, other;
  for (std::size_t r = 0; r < kReasonCount; ++r) {
    before.factors[r] = {factor_of(static_cast<Reason>(r), false), factor_of(static_cast<Reason>(r), true)};
    other.factors[r] = {0.5, 1.25};
  }
  ASSERT_TRUE(use_weights(written(other)));
  EXPECT_FLOAT_EQ(factor_of(Reason::kNewCountry, false), 0.5F);
  EXPECT_FLOAT_EQ(factor_of(Reason::kSpam, true), 1.25F);
  ASSERT_TRUE(use_weights(written(before)));
  EXPECT_FLOAT_EQ(factor_of(Reason::kSpam, true), static_cast<float>(before.factors.back()[1]));
}

TEST(WeightsFile, changes_nothing_when_a_row_is_missing) {
  const float before = factor_of(Reason::kNewCountry, true);
  const std::filesystem::path file = testing::TempDir() + "no_weights.cc";
  std::ofstream(file) << "    {kFamiliarNetwork, 0.10F, 0.10F},\n";
  EXPECT_FALSE(use_weights(file));
  EXPECT_FALSE(use_weights(testing::TempDir() + "missing.cc"));
  EXPECT_EQ(factor_of(Reason::kNewCountry, true), before);
}

}  // namespace
}  // namespace postreeve::lab
