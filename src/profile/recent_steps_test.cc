#include "profile/recent_steps.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <vector>

namespace postreeve {
namespace {

using namespace std::chrono_literals;

constexpr Timestamp kNow{std::chrono::sys_days{std::chrono::year{2026} / 3 / 2}};

RecentStep step(std::uint32_t key, Action action = Action::kAccept) {
  return {.step = key, .mail = key + 1000, .time = to_seconds32(kNow), .action = action};
}

TEST(RecentSteps, KnowNothingAtFirst) {
  const RecentSteps steps;
  EXPECT_EQ(steps.find_step(0), std::nullopt);
  EXPECT_FALSE(steps.is_retry(0, kNow));
}

RC_GTEST_PROP(RecentSteps, RememberExactlyTheLastFive, ()) {
  const auto keys = *rc::gen::container<std::vector<std::uint32_t>>(rc::gen::inRange<std::uint32_t>(1, 30));
  RecentSteps steps;
  for (const std::uint32_t key : keys) steps.add(step(key));
  const auto kept = std::min(keys.size(), RecentSteps::kSteps);
  const std::vector<std::uint32_t> latest(keys.end() - static_cast<std::ptrdiff_t>(kept), keys.end());
  for (std::uint32_t key = 1; key < 30; ++key) {
    const bool expected = std::ranges::find(latest, key) != latest.end();
    RC_ASSERT((steps.find_step(key) != std::nullopt) == expected);
  }
}

TEST(RecentSteps, AnswerAsTheyDidBefore) {
  RecentSteps steps;
  RecentStep deferred = step(7, Action::kDefer);
  deferred.reply = Reply::kSlowed;
  steps.add(deferred);
  ASSERT_NE(steps.find_step(7), std::nullopt);
  EXPECT_EQ(steps.find_step(7)->action, Action::kDefer);
  EXPECT_EQ(steps.find_step(7)->reply, Reply::kSlowed);
}

TEST(RecentSteps, TakeOnlyWhatWeDeferredForARetry) {
  RecentSteps steps;
  steps.add(step(1, Action::kAccept));
  steps.add(step(2, Action::kDefer));
  steps.add(step(3, Action::kReject));
  EXPECT_FALSE(steps.is_retry(1001, kNow));
  EXPECT_TRUE(steps.is_retry(1002, kNow));
  EXPECT_FALSE(steps.is_retry(1003, kNow));
}

TEST(RecentSteps, TakeNothingForARetryAfterFiveDays) {
  RecentSteps steps;
  steps.add(step(2, Action::kDefer));
  EXPECT_TRUE(steps.is_retry(1002, kNow + 119h));
  EXPECT_FALSE(steps.is_retry(1002, kNow + 120h));
}

TEST(RecentSteps, RememberStepsOfTheEpochToo) {
  RecentSteps steps;
  steps.add({.step = 7});
  EXPECT_NE(steps.find_step(7), std::nullopt);
}

}  // namespace
}  // namespace postreeve
