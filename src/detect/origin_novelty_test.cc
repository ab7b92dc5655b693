#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "detect/scene_testing.h"

namespace postreeve {
namespace {

double weigh(const Stage& stage) {
  return nats_of(weigh_origin_novelty(stage.scene()));
}

TEST(OriginNovelty, SpeaksForTheOwnerAtALongUsedNetwork) {
  Stage stage = settled_account();
  stage.origin = office();
  stage.side = Side::kEstablished;
  const auto evidence = weigh_origin_novelty(stage.scene());
  EXPECT_EQ(reason_of(evidence), Reason::kFamiliarNetwork);
  EXPECT_EQ(nats_of(evidence), -3);
}

TEST(OriginNovelty, SpeaksLessForTheOwnerWhereAnotherProgramSends) {
  Stage stage = settled_account();
  stage.origin = office();
  stage.origin.client = kOwnClient + 1;
  stage.side = Side::kEstablished;
  const auto evidence = weigh_origin_novelty(stage.scene());
  EXPECT_EQ(reason_of(evidence), Reason::kFamiliarNetwork);
  EXPECT_GT(nats_of(evidence), -2);
  EXPECT_LT(nats_of(evidence), 0);
}

TEST(OriginNovelty, SpeaksLessForTheOwnerWhereOnlyTheProviderIsKnown) {
  Stage stage = settled_account();
  stage.origin = origin_at(2, 10, "PL", kOwnClient);
  stage.side = Side::kEstablished;
  const auto evidence = weigh_origin_novelty(stage.scene());
  EXPECT_EQ(reason_of(evidence), Reason::kFamiliarProvider);
  EXPECT_EQ(nats_of(evidence), -2);
}

TEST(OriginNovelty, HasNothingToSayOfAYoungAccountOrWithoutAddress) {
  Stage stage = settled_account();
  stage.side = Side::kUnsettled;
  EXPECT_FALSE(weigh_origin_novelty(stage.scene()));
  stage.side = Side::kStranger;
  stage.origin = {};
  EXPECT_FALSE(weigh_origin_novelty(stage.scene()));
}

TEST(OriginNovelty, HasNothingToSayOfReports) {
  Stage stage = settled_account();
  for (const StepKind kind : {StepKind::kDelivery, StepKind::kScan}) {
    stage.kind = kind;
    EXPECT_FALSE(weigh_origin_novelty(stage.scene()));
  }
}

TEST(OriginNovelty, WeighsTheMoreTheFartherAway) {
  Stage stage = settled_account();
  stage.origin = origin_at(2, 10, "PL");
  const double network = weigh(stage);
  EXPECT_EQ(weigh_origin_novelty(stage.scene())->reason, Reason::kNewNetworkOfProvider);
  stage.origin = origin_at(2, 11, "PL");
  const double provider = weigh(stage);
  EXPECT_EQ(weigh_origin_novelty(stage.scene())->reason, Reason::kNewProvider);
  stage.origin = origin_at(2, 11, "VN");
  const double country = weigh(stage);
  EXPECT_EQ(weigh_origin_novelty(stage.scene())->reason, Reason::kNewCountry);
  EXPECT_LT(network, provider);
  EXPECT_LT(provider, country);
  EXPECT_GT(country, 4);
}

TEST(OriginNovelty, DoesNotTakeAnUnknownCountryForANewOne) {
  Stage stage = settled_account();
  stage.origin = origin_at(2, 11, "");
  EXPECT_EQ(weigh_origin_novelty(stage.scene())->reason, Reason::kNewProvider);
}

TEST(OriginNovelty, WeighsLessForWhoTravelsMore) {
  Stage stage = settled_account();
  double before = weigh(stage);
  for (const float countries : {1.0F, 2.0F, 5.0F, 20.0F}) {
    stage.record.profile.rates.new_countries = countries;
    EXPECT_LT(weigh(stage), before);
    before = weigh(stage);
  }
}

TEST(OriginNovelty, LetsTheOwnersClientSpeakForTheOwner) {
  Stage stage = settled_account();
  stage.origin.client = 99;
  const double foreign = weigh(stage);
  stage.origin.client = kOwnClient;
  EXPECT_LT(weigh(stage), foreign - 2);
}

TEST(OriginNovelty, NeverBlocksForALoginAlone) {
  Stage stage = settled_account(3000);
  stage.kind = StepKind::kLogin;
  stage.use = Use::kRead;
  EXPECT_GT(weigh(stage), 0);
  EXPECT_LE(weigh(stage), 3.5);
}

TEST(OriginNovelty, WeighsAPlaceThatWasReadFromNearlyAsANewOne) {
  Stage stage = settled_account();
  const double fresh = weigh(stage);
  for (int day = 10; day > 0; --day) {
    learn_use(stage.record.profile, kNow - std::chrono::hours{24} * day, stage.origin, Use::kRead);
  }
  // Reading for ten days made the country known to the profile, but nobody sends from there.
  EXPECT_LT(weigh(stage), fresh);
}

TEST(OriginNovelty, IsNotExcusedByWhatTheThiefSentToday) {
  Stage stage = settled_account();
  const double fresh = weigh(stage);
  for (int i = 5; i > 0; --i)
    learn_use(stage.record.profile, kNow - std::chrono::minutes{i}, stage.origin, Use::kSend);
  EXPECT_GT(weigh(stage), 0.9 * fresh);
}

TEST(OriginNovelty, FadesWithTheDaysAPlaceWasSentFrom) {
  Stage stage = settled_account();
  double before = weigh(stage);
  for (int day = 2; day > 0; --day) {
    learn_use(stage.record.profile, kNow - std::chrono::hours{24} * day, stage.origin, Use::kSend);
    EXPECT_LT(weigh(stage), 0.9 * before);
    before = weigh(stage);
  }
}

TEST(OriginNovelty, SaysLittleOfAYoungProfile) {
  const double young = weigh(settled_account(3, 1));
  EXPECT_LT(young, weigh(settled_account(60)) / 3);
}

TEST(OriginNovelty, GivesThePlaceAndThePastForWords) {
  const Stage stage = settled_account();
  const auto evidence = weigh_origin_novelty(stage.scene());
  EXPECT_EQ(std::get<Prefix>(evidence->arguments[0]), stage.origin.prefix);
  EXPECT_EQ(std::get<CountryCode>(evidence->arguments[1]), CountryCode::of("VN"));
  EXPECT_EQ(std::get<std::int64_t>(evidence->arguments[2]), 1);
  EXPECT_EQ(std::get<Duration>(evidence->arguments[3]), std::chrono::hours{24 * 60});
}

}  // namespace
}  // namespace postreeve
