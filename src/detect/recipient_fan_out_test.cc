#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "detect/scene_testing.h"

namespace postreeve {
namespace {

using namespace std::chrono_literals;

// The `in_message`-th recipient of a message, after `hour` other ones within the hour.
Stage asks(std::uint32_t in_message, std::uint32_t hour, Side side = Side::kStranger) {
  Stage stage = settled_account();
  stage.kind = StepKind::kRecipient;
  stage.side = side;
  stage.recipient.in_message = in_message;
  stage.activity.recipients_hour.add(kNow - 5min, hour);
  return stage;
}

std::optional<Evidence> weigh(const Stage& stage) {
  return weigh_recipient_fan_out(stage.scene());
}

TEST(RecipientFanOut, AllowsTwentyInAMessageAndFortyAnHourAtHome) {
  EXPECT_FALSE(weigh(asks(20, 39, Side::kEstablished)));
  EXPECT_TRUE(weigh(asks(30, 30, Side::kEstablished)));
}

TEST(RecipientFanOut, AllowsLessElsewhere) {
  EXPECT_FALSE(weigh(asks(5, 11)));
  EXPECT_EQ(reason_of(weigh(asks(18, 18))), Reason::kRecipientsInOneMessage);
  EXPECT_EQ(reason_of(weigh(asks(1, 30))), Reason::kRecipientsThisHour);
  EXPECT_FALSE(weigh(asks(18, 18, Side::kEstablished)));
}

RC_GTEST_PROP(RecipientFanOut, NeverWeighsLessForMoreRecipients, ()) {
  const Side side = *rc::gen::element(Side::kStranger, Side::kEstablished);
  const auto in_message = *rc::gen::inRange<std::uint32_t>(1, 300);
  const auto hour = *rc::gen::inRange<std::uint32_t>(0, 300);
  const auto more = *rc::gen::inRange<std::uint32_t>(0, 300);
  const double before = nats_of(weigh(asks(in_message, hour, side)));
  RC_ASSERT(before <= nats_of(weigh(asks(in_message + more, hour, side))));
  RC_ASSERT(before <= nats_of(weigh(asks(in_message, hour + more, side))));
}

RC_GTEST_PROP(RecipientFanOut, WeighsAtMostTwoAndAHalfAtHomeBeforeItsFactor, ()) {
  const auto many = *rc::gen::inRange<std::uint32_t>(1, 60'000);
  RC_ASSERT(nats_of(weigh(asks(many, many, Side::kEstablished))) <= 2.5);
}

TEST(RecipientFanOut, ReachesEightElsewhere) {
  EXPECT_EQ(nats_of(weigh(asks(500, 500))), 8);
}

TEST(RecipientFanOut, KnowsTheAccountsOwnPeaks) {
  Stage stage = asks(200, 200, Side::kEstablished);
  stage.record.profile.peaks.recipients_message = 300;
  EXPECT_FALSE(weigh(stage));
}

TEST(RecipientFanOut, CountsNoRetriesAndNothingButRecipients) {
  Stage stage = asks(500, 500);
  stage.recipient.is_retry = true;
  EXPECT_FALSE(weigh(stage));
  stage.recipient.is_retry = false;
  stage.kind = StepKind::kMessage;
  EXPECT_FALSE(weigh(stage));
}

}  // namespace
}  // namespace postreeve
