#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "detect/scene_testing.h"

namespace postreeve {
namespace {

using namespace std::chrono_literals;

// The account's next message after `sent` within the last minutes.
Stage after(std::uint32_t sent, Side side = Side::kStranger, Duration ago = 5min) {
  Stage stage = settled_account();
  stage.side = side;
  stage.activity.messages_hour.add(kNow - ago, sent);
  stage.activity.messages_day.add(kNow - ago, sent);
  return stage;
}

std::optional<Evidence> weigh(const Stage& stage) {
  return weigh_volume(stage.scene());
}

TEST(Volume, AccusesNobodyOfTwelveAnHourAtAUsualPlace) {
  EXPECT_FALSE(weigh(after(11, Side::kEstablished)));
  EXPECT_FALSE(weigh(after(11, Side::kUnsettled)));
}

TEST(Volume, AllowsLessAtAStrangePlace) {
  EXPECT_FALSE(weigh(after(3)));
  const auto evidence = weigh(after(11));
  EXPECT_EQ(reason_of(evidence), Reason::kMessagesThisHour);
  EXPECT_EQ(std::get<std::int64_t>(evidence->arguments[0]), 12);
}

TEST(Volume, SeesADayOfTooManyToo) {
  const auto evidence = weigh(after(60, Side::kStranger, 3h));
  EXPECT_EQ(reason_of(evidence), Reason::kMessagesThisDay);
}

RC_GTEST_PROP(Volume, NeverWeighsLessForMoreMessages, ()) {
  const Side side = *rc::gen::element(Side::kStranger, Side::kEstablished, Side::kUnsettled);
  const auto sent = *rc::gen::inRange<std::uint32_t>(0, 500);
  const auto more = *rc::gen::inRange<std::uint32_t>(0, 500);
  RC_ASSERT(nats_of(weigh(after(sent, side))) <= nats_of(weigh(after(sent + more, side))));
}

TEST(Volume, ReachesEightNatsFromAStrangePlace) {
  EXPECT_EQ(nats_of(weigh(after(500))), 8);
}

RC_GTEST_PROP(Volume, WeighsAtMostThreeAtAUsualPlaceBeforeItsFactor, ()) {
  const auto sent = *rc::gen::inRange<std::uint32_t>(0, 65'000);
  RC_ASSERT(nats_of(weigh(after(sent, Side::kEstablished))) <= 3);
  RC_ASSERT(nats_of(weigh(after(sent, Side::kUnsettled))) <= 3);
}

TEST(Volume, KnowsTheNewslettersOwnPeak) {
  Stage stage = after(300, Side::kEstablished);
  stage.record.profile.peaks.messages_hour = 400;
  stage.record.profile.peaks.messages_day = 400;
  EXPECT_FALSE(weigh(stage));
}

TEST(Volume, ExcusesAStrangerWhatTheOwnerDoesByHandAnywhere) {
  Stage traveller = after(19);
  traveller.record.profile.peaks.messages_hour = 20;
  traveller.record.profile.peaks.messages_day = 60;
  EXPECT_FALSE(weigh(traveller));
  Stage newsletters_thief = after(150);
  newsletters_thief.record.profile.peaks.messages_hour = 400;
  newsletters_thief.record.profile.peaks.messages_day = 400;
  EXPECT_GT(nats_of(weigh(newsletters_thief)), 0);
}

TEST(Volume, CountsNoRetriesAndNothingButMessages) {
  Stage stage = after(500);
  stage.message.is_retry = true;
  EXPECT_FALSE(weigh(stage));
  stage.message.is_retry = false;
  for (const StepKind kind : {StepKind::kLogin, StepKind::kRecipient, StepKind::kDelivery, StepKind::kScan}) {
    stage.kind = kind;
    EXPECT_FALSE(weigh(stage));
  }
}

}  // namespace
}  // namespace postreeve
