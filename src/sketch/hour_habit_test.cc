#include "sketch/hour_habit.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <array>
#include <cmath>
#include <type_traits>
#include <utility>
#include <vector>

namespace postreeve {
namespace {

static_assert(sizeof(HourHabit) == 48 && std::is_trivially_copyable_v<HourHabit>);

double part_of_week(bool weekend) {
  return (weekend ? 2.0 : 5.0) / 168.0;
}

double sum_of_shares(const HourHabit& habit) {
  double sum = 0.0;
  for (int hour = 0; hour < 24; ++hour) sum += habit.share(hour, false) + habit.share(hour, true);
  return sum;
}

TEST(HourHabit, TakesAnUnknownPersonToBeActiveAtAnyHour) {
  const HourHabit habit;
  for (int hour = 0; hour < 24; ++hour) {
    EXPECT_DOUBLE_EQ(habit.exposure(hour, false), 1.0);
    EXPECT_DOUBLE_EQ(habit.exposure(hour, true), 1.0);
  }
}

RC_GTEST_PROP(HourHabit, HasSharesThatSumToOneAndExposuresThatAverageOne, ()) {
  HourHabit habit;
  for (const auto& [hour, weekend] : *rc::gen::arbitrary<std::vector<std::pair<int, bool>>>())
    habit.add(hour, weekend);
  RC_ASSERT(std::abs(sum_of_shares(habit) - 1.0) < 1e-12);
  double average = 0.0;
  for (int hour = 0; hour < 24; ++hour) {
    average +=
        part_of_week(false) * habit.exposure(hour, false) + part_of_week(true) * habit.exposure(hour, true);
    RC_ASSERT(habit.exposure(hour, false) > 0.0 && habit.exposure(hour, true) > 0.0);
  }
  RC_ASSERT(std::abs(average - 1.0) < 1e-12);
}

RC_GTEST_PROP(HourHabit, IsThePosteriorMeanWhileNothingOverflowed, ()) {
  HourHabit habit;
  const auto hours = *rc::gen::container<std::vector<int>>(rc::gen::inRange(0, 48));
  RC_PRE(hours.size() < 256U);
  std::array<int, 48> counts{};
  for (const int h : hours) {
    habit.add(h % 24, h >= 24);
    ++counts[static_cast<std::size_t>(h)];
  }
  RC_ASSERT(habit.total() == hours.size());
  for (int h = 0; h < 48; ++h) {
    const double expected = (counts[static_cast<std::size_t>(h)] + kHourHabitPrior * part_of_week(h >= 24)) /
                            (static_cast<double>(hours.size()) + kHourHabitPrior);
    RC_ASSERT(std::abs(habit.share(h % 24, h >= 24) - expected) < 1e-12);
  }
}

// Exact halves beside the bytes: rounding down loses less than one each.
RC_GTEST_PROP(HourHabit, HalvesAllWhenOneOverflows, ()) {
  const int busy = *rc::gen::inRange(1, 6);
  const int rare = *rc::gen::inRange(10, 200);
  HourHabit habit;
  std::array<double, 24> exact{};
  for (int i = 0; i < 3000; ++i) {
    const int hour = i % rare == 0 ? 20 : 9 + i % busy;
    double& count = exact[static_cast<std::size_t>(hour)];
    habit.add(hour, false);
    ++count;
    double total = 0.0;
    for (const double e : exact) total += e;
    if (habit.total() < total - 24.0) {
      --count;
      for (double& e : exact) e /= 2.0;
      ++count;
    }
  }
  double total = 0.0;
  for (const double e : exact) total += e;
  RC_ASSERT(habit.total() <= total && habit.total() > total - 24.0);
  for (int hour = 0; hour < 24; ++hour) {
    const double smoothed = habit.share(hour, false) * (habit.total() + kHourHabitPrior);
    const double count = smoothed - kHourHabitPrior * part_of_week(false);
    const double expected = exact[static_cast<std::size_t>(hour)];
    RC_ASSERT(count <= expected + 1e-9 && count > expected - 1.0);
  }
}

TEST(HourHabit, FollowsAHabitThatChanges) {
  HourHabit habit;
  for (int i = 0; i < 2000; ++i) habit.add(9, false);
  for (int i = 0; i < 2000; ++i) habit.add(22, true);
  EXPECT_GT(habit.exposure(22, true), 10.0);
  EXPECT_LT(habit.share(9, false), 0.01);
}

TEST(HourHabit, TakesAnyHour) {
  HourHabit habit;
  habit.add(25, false);
  habit.add(-23, false);
  habit.add(-2147483647 - 1, true);
  HourHabit same;
  same.add(1, false);
  same.add(1, false);
  same.add(16, true);
  EXPECT_EQ(habit, same);
}

}  // namespace
}  // namespace postreeve
