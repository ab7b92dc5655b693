#include "profile/habit.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <set>
#include <vector>

namespace postreeve {
namespace {

TEST(Habit, CountsDaysNotUses) {
  Habit habit{.key = 1};
  for (int i = 0; i < 5; ++i) habit.note(100, Use::kSend);
  habit.note(101, Use::kSend);
  EXPECT_EQ(habit.days, 2);
  EXPECT_EQ(habit.send_days, 2);
  EXPECT_EQ(habit.last_day, 101);
}

RC_GTEST_PROP(Habit, CountsEachDayOnceWhenTheyComeInOrder, ()) {
  const auto days = *rc::gen::container<std::vector<std::uint16_t>>(rc::gen::inRange<std::uint16_t>(1, 400));
  const std::set<std::uint16_t> distinct(days.begin(), days.end());
  Habit habit{.key = 1};
  for (const std::uint16_t day : distinct) {
    habit.note(day, Use::kRead);
    habit.note(day, Use::kRead);
  }
  RC_ASSERT(habit.days == std::min<std::size_t>(255, distinct.size()));
  RC_ASSERT(habit.send_days == 0);
}

TEST(Habit, DoesNotCountADayThatComesLate) {
  Habit habit{.key = 1};
  habit.note(100, Use::kSend);
  habit.note(90, Use::kSend);
  EXPECT_EQ(habit.days, 1);
  EXPECT_EQ(habit.send_days, 1);
  EXPECT_EQ(habit.last_day, 100);
}

TEST(Habit, KeepsReadsApartFromSends) {
  Habit habit{.key = 1};
  for (std::uint16_t day = 100; day < 130; ++day) habit.note(day, Use::kRead);
  EXPECT_EQ(habit.days, 30);
  EXPECT_EQ(habit.send_days, 0);
  habit.note(129, Use::kSend);
  EXPECT_EQ(habit.days, 30);
  EXPECT_EQ(habit.send_days, 1);
}

TEST(Habit, CountsSendDaysBeforeTodayOnly) {
  Habit habit{.key = 1};
  EXPECT_EQ(habit.send_days_before(100), 0);
  habit.note(100, Use::kSend);
  EXPECT_EQ(habit.send_days_before(100), 0);
  EXPECT_EQ(habit.send_days_before(101), 1);
  habit.note(101, Use::kRead);
  EXPECT_EQ(habit.send_days_before(102), 1);
}

TEST(Habit, StopsCountingAt255) {
  Habit habit{.key = 1};
  for (std::uint16_t day = 1; day < 1000; ++day) habit.note(day, Use::kSend);
  EXPECT_EQ(habit.days, 255);
  EXPECT_EQ(habit.send_days, 255);
}

TEST(HabitTable, HoldsNothingUnderTheKeyZero) {
  HabitTable<4> table;
  EXPECT_FALSE(table.note(0, 100, Use::kSend));
  EXPECT_EQ(table.find(0), nullptr);
  EXPECT_EQ(table.size(), 0U);
}

TEST(HabitTable, SaysWhetherTheKeyWasNew) {
  HabitTable<4> table;
  EXPECT_TRUE(table.note(7, 100, Use::kRead));
  EXPECT_FALSE(table.note(7, 101, Use::kRead));
  ASSERT_NE(table.find(7), nullptr);
  EXPECT_EQ(table.find(7)->days, 2);
}

TEST(HabitTable, GivesUpWhatWasSentFromOnTheFewestDays) {
  HabitTable<3> table;
  for (std::uint16_t day = 100; day < 110; ++day) table.note(1, day, Use::kSend);
  for (std::uint16_t day = 100; day < 102; ++day) table.note(2, day, Use::kSend);
  for (std::uint16_t day = 100; day < 140; ++day) table.note(3, day, Use::kRead);
  EXPECT_TRUE(table.note(4, 140, Use::kRead));
  EXPECT_EQ(table.find(3), nullptr);  // forty days of reading weigh less than two of sending
  EXPECT_NE(table.find(1), nullptr);
  EXPECT_NE(table.find(2), nullptr);
  EXPECT_NE(table.find(4), nullptr);
}

TEST(HabitTable, GivesUpWhatWasUsedLongestAgoAmongEquals) {
  HabitTable<3> table;
  table.note(1, 103, Use::kRead);
  table.note(2, 101, Use::kRead);
  table.note(3, 102, Use::kRead);
  table.note(4, 104, Use::kRead);
  EXPECT_EQ(table.find(2), nullptr);
  EXPECT_EQ(table.size(), 3U);
}

RC_GTEST_PROP(HabitTable, NeverGivesUpADailyPlaceForOnesThatAreOnlyRead, ()) {
  HabitTable<4> table;
  for (std::uint16_t day = 1; day < 4; ++day) table.note(1, day, Use::kSend);
  const auto keys = *rc::gen::container<std::vector<std::uint32_t>>(rc::gen::inRange<std::uint32_t>(2, 100));
  for (const std::uint32_t key : keys) table.note(key, *rc::gen::inRange<std::uint16_t>(1, 400), Use::kRead);
  RC_ASSERT(table.find(1) != nullptr);
  RC_ASSERT(table.find(1)->send_days == 3);
}

TEST(DayOf, CountsDaysSinceTheEpoch) {
  EXPECT_EQ(day_of(Timestamp{}), 0);
  EXPECT_EQ(day_of(Timestamp{std::chrono::hours{24}} - Duration{1}), 0);
  EXPECT_EQ(day_of(Timestamp{std::chrono::hours{24}}), 1);
  EXPECT_EQ(day_of(Timestamp{std::chrono::sys_days{std::chrono::year{2026} / 3 / 2}}), 20'514);
  EXPECT_EQ(day_of(Timestamp{Duration{-1}}), 0);
}

}  // namespace
}  // namespace postreeve
