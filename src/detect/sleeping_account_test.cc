#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <cmath>

#include "detect/scene_testing.h"

namespace postreeve {
namespace {

using namespace std::chrono_literals;

// The next message of an account silent for `days`, after `sent` today.
Stage awakened(int days, std::uint32_t sent, Side side = Side::kStranger) {
  Stage stage = settled_account();
  stage.side = side;
  stage.record.profile.last_sent = to_seconds32(kNow - 24h * days);
  stage.activity.messages_day.add(kNow, sent);
  return stage;
}

double weigh(const Stage& stage) {
  return nats_of(weigh_sleeping_account(stage.scene()));
}

TEST(SleepingAccount, AllowsATrickleAfterAYear) {
  EXPECT_EQ(weigh(awakened(365, 0)), 0);
  EXPECT_EQ(weigh(awakened(365, 4)), 0);
}

TEST(SleepingAccount, WeighsTheSixthMessageAndMoreForEachDoubling) {
  double before = 0;
  for (const std::uint32_t sent : {5U, 11U, 23U}) {
    EXPECT_GT(weigh(awakened(365, sent)), before) << sent;
    before = weigh(awakened(365, sent));
  }
  EXPECT_LT(weigh(awakened(365, 10'000)), 7);  // alone it slows nobody
}

TEST(SleepingAccount, WeighsLessAtAUsualPlace) {
  for (const Side side : {Side::kEstablished, Side::kUnsettled}) {
    EXPECT_GT(weigh(awakened(365, 5, side)), 0);
    EXPECT_LT(weigh(awakened(365, 5, side)), weigh(awakened(365, 5)));
  }
}

TEST(SleepingAccount, StaysAwakenedThoughTheFirstMessagesAreLearned) {
  Stage stage = settled_account();
  stage.time = kNow + 24h * 200;
  learn_message(stage.record.profile, stage.time, {.recipients = 1, .messages_hour = 1, .messages_day = 1});
  stage.activity.messages_day.add(stage.time, 11);
  EXPECT_GT(weigh(stage), 2);
}

TEST(SleepingAccount, SleepsFromSixtyDaysOn) {
  EXPECT_EQ(weigh(awakened(59, 50)), 0);
  EXPECT_GT(weigh(awakened(60, 50)), 0);
}

TEST(SleepingAccount, IsNoneThatNeverSent) {
  Stage stage = awakened(365, 50);
  stage.record.profile.last_sent = 0;
  EXPECT_EQ(weigh(stage), 0);
}

TEST(SleepingAccount, IsSeenInMessagesOnly) {
  Stage stage = awakened(365, 50);
  stage.kind = StepKind::kLogin;
  EXPECT_EQ(weigh(stage), 0);
}

RC_GTEST_PROP(SleepingAccount, NeverWeighsLessForMoreMessages, ()) {
  const auto sent = *rc::gen::inRange<std::uint32_t>(0, 1'000);
  const auto more = *rc::gen::inRange<std::uint32_t>(0, 1'000);
  RC_ASSERT(weigh(awakened(100, sent)) <= weigh(awakened(100, sent + more)));
}

}  // namespace
}  // namespace postreeve
