#include "detect/refusals.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <cmath>

#include "detect/scene_testing.h"

namespace postreeve {
namespace {

using namespace std::chrono_literals;

AccountProfile answered(float delivered, float refused) {
  AccountProfile profile;
  profile.rates.delivered = delivered;
  profile.rates.refused = refused;
  return profile;
}

AnswerFacts refusal(std::uint16_t subject = 1, DestinationSnapshot everybody = {}) {
  return {.refused = true, .dsn = {5, subject, 1}, .everybody = everybody};
}
AnswerFacts delivered(DestinationSnapshot everybody = {}) {
  return {.refused = false, .dsn = {2, 0, 0}, .everybody = everybody};
}

// A refusal after `refusals` others and `deliveries` today, the sum at `sum`.
Stage refused_again(std::uint32_t refusals, float sum, std::uint32_t deliveries = 4) {
  Stage stage = settled_account();
  stage.kind = StepKind::kDelivery;
  stage.side = Side::kUnsettled;
  stage.answer = refusal();
  stage.activity.refused_day.add(kNow - 1h, refusals);
  stage.activity.delivered_day.add(kNow - 1h, deliveries);
  stage.activity.refusals = sum;
  return stage;
}

TEST(IsRefusal, IsAPermanentAnswerOnly) {
  EXPECT_TRUE(is_refusal(DeliveryStatus::kBounced, {5, 1, 1}));
  EXPECT_TRUE(is_refusal(DeliveryStatus::kBounced, {}));
  EXPECT_FALSE(is_refusal(DeliveryStatus::kBounced, {4, 4, 1}));
  EXPECT_FALSE(is_refusal(DeliveryStatus::kDeferred, {4, 7, 1}));
  EXPECT_FALSE(is_refusal(DeliveryStatus::kExpired, {4, 4, 7}));
  EXPECT_FALSE(is_refusal(DeliveryStatus::kSent, {2, 0, 0}));
}

TEST(RefusalStep, IsThatOfTheSequentialTestForASettledAccount) {
  const AccountProfile settled = answered(10'000, 0);
  EXPECT_NEAR(refusal_step(settled, refusal()), std::log(0.30 / 0.01), 1e-3);
  EXPECT_NEAR(refusal_step(settled, delivered()), -0.35, 0.01);
}

TEST(RefusalStep, AccusesAnAccountWithoutAnswersNoMoreThanASettledOne) {
  EXPECT_LE(refusal_step(AccountProfile{}, refusal()), refusal_step(answered(10'000, 0), refusal()));
}

TEST(RefusalStep, WeighsABlowForTheContentMore) {
  EXPECT_NEAR(refusal_step(AccountProfile{}, refusal(7)), refusal_step(AccountProfile{}, refusal()) + 0.5,
              1e-9);
}

TEST(RefusalStep, IsNotMeasuredByTheSameDaysAnswers) {
  const AccountProfile in_the_middle_of_a_run = answered(380, 120);
  AnswerFacts today = refusal();
  EXPECT_LT(refusal_step(in_the_middle_of_a_run, today), 1);
  today.refused_today = 120;
  today.delivered_today = 180;
  EXPECT_NEAR(refusal_step(in_the_middle_of_a_run, today), refusal_step(answered(200, 0), refusal()), 1e-6);
}

TEST(RefusalStep, GathersLittleForARelayThatHasBouncedForMonths) {
  const AccountProfile relay = answered(870, 130);
  EXPECT_LT(refusal_step(relay, refusal()), 1);
  EXPECT_LT(0.13 * refusal_step(relay, refusal()) + 0.87 * refusal_step(relay, delivered()), 0);
}

TEST(RefusalStep, AccusesNobodyOfWhatEverybodyGets) {
  const DestinationSnapshot listed{.delivered = 50, .refused = 50};
  EXPECT_LE(refusal_step(AccountProfile{}, refusal(7, listed)), 0);
  const DestinationSnapshot too_few{.delivered = 2, .refused = 5};
  EXPECT_EQ(refusal_step(AccountProfile{}, refusal(1, too_few)), refusal_step(AccountProfile{}, refusal()));
}

TEST(RefusalStep, DoesNotTakeTheAccountsOwnRunForWhatEverybodyGets) {
  AnswerFacts answer = refusal(1, {.delivered = 60, .refused = 40});
  const double among_others = refusal_step(AccountProfile{}, answer);
  answer.refused_today = 40;
  answer.delivered_today = 60;
  EXPECT_EQ(refusal_step(AccountProfile{}, answer), refusal_step(AccountProfile{}, refusal()));
  EXPECT_GT(refusal_step(AccountProfile{}, answer), among_others);
  answer.refused_today = 20;  // the other half is what others got
  EXPECT_LE(refusal_step(AccountProfile{}, answer), 0);
}

RC_GTEST_PROP(RefusalStep, NeverAccusesForADeliveryNorExcusesForARefusal, ()) {
  const AccountProfile profile = answered(static_cast<float>(*rc::gen::inRange(0, 10'000)),
                                          static_cast<float>(*rc::gen::inRange(0, 10'000)));
  const DestinationSnapshot everybody{static_cast<float>(*rc::gen::inRange(0, 100)),
                                      static_cast<float>(*rc::gen::inRange(0, 100))};
  const double up = refusal_step(profile, refusal(*rc::gen::inRange<std::uint16_t>(0, 8), everybody));
  const double down = refusal_step(profile, delivered(everybody));
  RC_ASSERT(std::isfinite(up) && std::isfinite(down));
  RC_ASSERT(up >= -1e-9);
  RC_ASSERT(down <= 1e-9);
}

TEST(Refusals, SayNothingBelowThree) {
  EXPECT_FALSE(weigh_refusals(refused_again(1, 10).scene()));
  EXPECT_TRUE(weigh_refusals(refused_again(2, 10).scene()));
}

TEST(Refusals, SayHowManyAndTheLastAnswer) {
  const auto evidence = weigh_refusals(refused_again(2, 1).scene());
  ASSERT_EQ(reason_of(evidence), Reason::kRefusedRecipients);
  EXPECT_EQ(std::get<std::int64_t>(evidence->arguments[0]), 3);
  EXPECT_EQ(std::get<std::int64_t>(evidence->arguments[1]), 7);
  EXPECT_EQ(std::get<ShortText>(evidence->arguments[2]).text(), "5.1.1");
}

RC_GTEST_PROP(Refusals, NeverWeighLessForALargerSum, ()) {
  const auto sum = static_cast<float>(*rc::gen::inRange(0, 1'000)) / 100;
  const auto more = static_cast<float>(*rc::gen::inRange(0, 1'000)) / 100;
  RC_ASSERT(nats_of(weigh_refusals(refused_again(5, sum).scene())) <=
            nats_of(weigh_refusals(refused_again(5, sum + more).scene())));
}

TEST(Refusals, SayNothingOfTheOldCornerOfAListThatWasDeliveredAsAWhole) {
  EXPECT_TRUE(weigh_refusals(refused_again(5, 10, 4).scene()));
  EXPECT_FALSE(weigh_refusals(refused_again(5, 10, 120).scene()));
}

RC_GTEST_PROP(Refusals, SayAtMostTwoMoreThanTheWholeDay, ()) {
  const auto before = *rc::gen::inRange<std::uint32_t>(2, 60);
  const auto deliveries = *rc::gen::inRange<std::uint32_t>(0, 200);
  const Stage stage = refused_again(before, kMostRefusalSum, deliveries);
  const AccountProfile& profile = stage.record.profile;
  const double whole_day =
      (before + 1) * refusal_step(profile, refusal()) + deliveries * refusal_step(profile, delivered());
  RC_ASSERT(nats_of(weigh_refusals(stage.scene())) <= std::max(0.0, whole_day + 2) + 1e-5);
}

TEST(Refusals, SayMoreAtTheOwnersPlaceThanAnyOldListWould) {
  // A fifth of a circular's old list is dead; of a bought list a third is.
  EXPECT_NEAR(nats_of(weigh_refusals(refused_again(11, kMostRefusalSum, 48).scene())), 6, 0.01);
  EXPECT_NEAR(nats_of(weigh_refusals(refused_again(19, kMostRefusalSum, 40).scene())), 8, 0.01);
}

TEST(Refusals, SayNoMoreThanOfAnOldListWhileMostAnswersAreStillOut) {
  Stage stage = refused_again(5, kMostRefusalSum, 4);
  EXPECT_GT(nats_of(weigh_refusals(stage.scene())), 6);
  stage.activity.recipients_day.add(kNow - 1h, 50);
  EXPECT_LE(nats_of(weigh_refusals(stage.scene())), 6);
}

TEST(Refusals, SayNothingOfADelivery) {
  Stage stage = refused_again(20, 10);
  stage.answer = delivered();
  EXPECT_FALSE(weigh_refusals(stage.scene()));
  stage = refused_again(20, 10);
  stage.kind = StepKind::kMessage;
  EXPECT_FALSE(weigh_refusals(stage.scene()));
}

}  // namespace
}  // namespace postreeve
