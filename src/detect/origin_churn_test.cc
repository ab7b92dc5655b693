#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "detect/scene_testing.h"

namespace postreeve {
namespace {

using namespace std::chrono_literals;

// `others` strange providers before, one each `pause`, the last one `pause` ago.
Stage churn(int others, Duration pause) {
  Stage stage = settled_account();
  Stranger& stranger = stranger_of(stage.record);
  for (int i = 0; i < others; ++i) {
    stranger.providers.add(1'000 + static_cast<std::uint32_t>(i), kNow - (others - i) * pause, 24h);
  }
  return stage;
}

double weigh(const Stage& stage) {
  return nats_of(weigh_origin_churn(stage.scene()));
}

TEST(OriginChurn, SaysNothingOfThreeProviders) {
  for (int others = 0; others < 3; ++others) EXPECT_EQ(weigh(churn(others, 1min)), 0) << others;
}

TEST(OriginChurn, SpeaksFromFourProvidersOn) {
  EXPECT_GT(weigh(churn(3, 1min)), 0);
  EXPECT_EQ(reason_of(weigh_origin_churn(churn(3, 1min).scene())), Reason::kNetworkChurn);
}

TEST(OriginChurn, NeverWeighsLessForMoreProviders) {
  for (const Duration pause : {Duration{1min}, Duration{15min}, Duration{110min}}) {
    double before = 0;
    for (int others = 0; others < 12; ++others) {
      EXPECT_GE(weigh(churn(others, pause)), before) << others;
      before = weigh(churn(others, pause));
    }
    EXPECT_GT(before, 0);
  }
}

TEST(OriginChurn, NeverWeighsLessTheFasterTheyCome) {
  for (int others = 3; others < 12; ++others) {
    EXPECT_GE(weigh(churn(others, 1min)), weigh(churn(others, 10min))) << others;
    EXPECT_GE(weigh(churn(others, 10min)), weigh(churn(others, 110min))) << others;
  }
  EXPECT_GT(weigh(churn(3, 1min)), weigh(churn(3, 6h)));
}

TEST(OriginChurn, DoesNotCountAProviderTwice) {
  Stage stage = churn(3, 1min);
  stage.origin.provider = 1'000;  // one of the three
  EXPECT_EQ(weigh(stage), 0);
}

TEST(OriginChurn, WeighsLessForWhoChangesProvidersDaily) {
  Stage stage = churn(4, 1h);
  const double homely = weigh(stage);
  stage.record.profile.rates.new_providers = 60;
  EXPECT_LT(weigh(stage), homely / 2);
}

TEST(OriginChurn, SaysNothingAtUsualPlacesOrWhenNobodyWasThere) {
  Stage stage = churn(6, 1min);
  stage.side = Side::kEstablished;
  EXPECT_EQ(weigh(stage), 0);
  stage.side = Side::kStranger;
  stage.record.stranger.reset();
  EXPECT_EQ(weigh(stage), 0);
}

}  // namespace
}  // namespace postreeve
