#include "lab/score/tally.h"

#include <gtest/gtest.h>

#include "lab/random.h"

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

constexpr Timestamp kStart{std::chrono::sys_days{std::chrono::year{2026} / 3 / 2}};

Alarm alarm_at(double day, Level level, std::uint32_t account = 1) {
  return {.account = account, .time = kStart + days(day), .level = level, .begins = true, .detectors = 2};
}

TEST(AlarmMonths, count_an_account_once_a_month_with_its_worst_standing) {
  const std::vector alarms{alarm_at(3, Level::kHeld), alarm_at(4, Level::kSuspended),
                           alarm_at(5, Level::kSlowed), alarm_at(40, Level::kSlowed),
                           alarm_at(41, Level::kSlowed, 2)};
  const auto months = worst_of_months(alarms, kStart);
  ASSERT_EQ(months.size(), 3U);
  EXPECT_EQ(months[0].level, Level::kSuspended);
  AlarmScore score;
  for (const AlarmMonth& month : months) score.add(month);
  EXPECT_EQ(score.suspended, 1U);
  EXPECT_EQ(score.slowed, 2U);
  EXPECT_EQ(score.by_detector[1], 3U);
}

TEST(AlarmMonths, leave_out_what_was_before) {
  const std::vector alarms{alarm_at(3, Level::kHeld), alarm_at(20, Level::kSlowed)};
  const auto months = worst_of_months(alarms, kStart + days(15));
  ASSERT_EQ(months.size(), 1U);
  EXPECT_EQ(months[0].level, Level::kSlowed);
}

TEST(MostWithinAnHour, looks_at_every_hour_and_not_only_at_whole_ones) {
  std::vector<Timestamp> moments;
  for (const double minute : {10, 50, 65, 69, 111}) moments.push_back(kStart + minutes(minute));
  EXPECT_EQ(most_within_an_hour(moments), 4U);
  EXPECT_EQ(most_within_an_hour({}), 0U);
}

}  // namespace
}  // namespace postreeve::lab
