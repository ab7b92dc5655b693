#include "detect/new_recipients.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <cmath>

#include "detect/scene_testing.h"

namespace postreeve {
namespace {

Stage wrote_to(float recipients, float of_them_new) {
  Stage stage;
  stage.kind = StepKind::kRecipient;
  stage.record.profile.rates.recipients = recipients;
  stage.record.profile.rates.new_recipients = of_them_new;
  return stage;
}

double step(const Stage& stage, bool is_new) {
  return novelty_step(stage.scene(), is_new);
}

// A never written recipient when the sum stands at `sum`.
Stage asks_new(float sum, Side side = Side::kStranger) {
  Stage stage = settled_account();
  stage.kind = StepKind::kRecipient;
  stage.side = side;
  stage.activity.novelty.s = sum;
  stage.activity.new_recipients_day.add(kNow, 5);
  stage.activity.recipients_day.add(kNow, 8);
  return stage;
}

double weigh(const Stage& stage) {
  return nats_of(weigh_new_recipients(stage.scene()));
}

TEST(NoveltyStep, IsSmallForWhoHasNoPast) {
  EXPECT_NEAR(step(wrote_to(0, 0), true), std::log(0.95 / 0.75), 1e-9);
}

TEST(NoveltyStep, IsLargeForWhoWritesToTheSamePeople) {
  EXPECT_EQ(step(wrote_to(400, 10), true), kMostNoveltyStep);
}

TEST(NoveltyStep, AccusesNoShop) {
  EXPECT_LT(step(wrote_to(1000, 1000), true), 0.03);
}

TEST(NoveltyStep, LetsAKnownRecipientSpeakForTheOwner) {
  EXPECT_LT(step(wrote_to(400, 10), false), -2);
}

TEST(NoveltyStep, MeasuresNoRunByItself) {
  Stage runs = wrote_to(430, 40);  // 30 of them today, all new
  runs.activity.recipients_day.add(kNow - std::chrono::hours{1}, 30);
  runs.activity.new_recipients_day.add(kNow - std::chrono::hours{1}, 30);
  for (const bool is_new : {true, false})
    EXPECT_DOUBLE_EQ(step(runs, is_new), step(wrote_to(400, 10), is_new));
}

RC_GTEST_PROP(NoveltyStep, IsANumberOfTheRightSign, ()) {
  const auto all = static_cast<float>(*rc::gen::inRange(0, 1'000'000));
  const auto fresh = all * static_cast<float>(*rc::gen::inRange(0, 101)) / 100;
  const auto today = *rc::gen::inRange<std::uint32_t>(0, 1'000);
  Stage stage = wrote_to(all, fresh);
  stage.activity.recipients_day.add(kNow, today);
  stage.activity.new_recipients_day.add(kNow, *rc::gen::inRange<std::uint32_t>(0, today + 1));
  const double up = step(stage, true);
  const double down = step(stage, false);
  RC_ASSERT(std::isfinite(up) && up > 0 && up <= kMostNoveltyStep);
  RC_ASSERT(std::isfinite(down) && down < 0);
}

TEST(NewRecipients, SaysNothingOfKnownRecipientsAndRetries) {
  Stage stage = asks_new(9);
  stage.recipient.is_known = true;
  EXPECT_EQ(weigh(stage), 0);
  stage.recipient.is_known = false;
  stage.recipient.is_retry = true;
  EXPECT_EQ(weigh(stage), 0);
}

TEST(NewRecipients, LooksAtRecipientsOnly) {
  Stage stage = asks_new(9);
  for (const StepKind kind : {StepKind::kLogin, StepKind::kMessage, StepKind::kDelivery, StepKind::kScan}) {
    stage.kind = kind;
    EXPECT_EQ(weigh(stage), 0);
  }
}

RC_GTEST_PROP(NewRecipients, NeverWeighsLessForALargerSum, ()) {
  const auto sum = static_cast<float>(*rc::gen::inRange(0, 1'000)) / 100;
  const auto more = static_cast<float>(*rc::gen::inRange(0, 1'000)) / 100;
  RC_ASSERT(weigh(asks_new(sum)) <= weigh(asks_new(sum + more)));
}

TEST(NewRecipients, SlowsNobodyAloneAtHome) {
  EXPECT_EQ(weigh(asks_new(10)), 8);
  EXPECT_LE(weigh(asks_new(10, Side::kEstablished)), 4);
  EXPECT_LE(weigh(asks_new(10, Side::kUnsettled)), 4);
}

TEST(NewRecipients, WeighsLessFromAStrangePlaceOfAYoungAccount) {
  Stage young = asks_new(10);
  young.record.profile.first_seen = young.record.profile.last_seen;
  EXPECT_LT(weigh(young), weigh(asks_new(10)));
}

TEST(NewRecipients, SaysHowManyWereNew) {
  const auto evidence = weigh_new_recipients(asks_new(5).scene());
  ASSERT_EQ(reason_of(evidence), Reason::kRecipientsNeverWritten);
  EXPECT_EQ(std::get<std::int64_t>(evidence->arguments[0]), 6);
  EXPECT_EQ(std::get<std::int64_t>(evidence->arguments[1]), 9);
}

}  // namespace
}  // namespace postreeve
