#include "detect/strangeness.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "detect/scene_testing.h"

namespace postreeve {
namespace {

float strangeness(const Stage& stage) {
  return strangeness_of(stage.scene());
}

// Somebody who was at a new network, provider and country on this share of the days.
Stage roams(float share) {
  Stage stage = settled_account();
  Rates& rates = stage.record.profile.rates;
  rates.new_networks = rates.new_providers = rates.new_countries = share * rates.used_days;
  return stage;
}

TEST(Strangeness, IsWholeForSomebodyWhoIsNeverElsewhere) {
  EXPECT_EQ(strangeness(settled_account()), 1);
}

TEST(Strangeness, IsNoneForSomebodyWhoIsAtNewPlacesAllTheTime) {
  Stage stage = roams(1);
  EXPECT_LT(strangeness(stage), 0.2);
  stage.origin.client = kOwnClient;  // and brings the usual laptop
  EXPECT_EQ(strangeness(stage), 0);
  stage.record.profile.rates.new_countries = 0;  // but stays in the country
  EXPECT_GT(strangeness(stage), 0.5);
}

TEST(Strangeness, IsNoneWhereTheOwnersOwnClientIsInTheOwnCountry) {
  Stage stage = settled_account();
  stage.origin = origin_at(2, 11, "PL", kOwnClient);
  EXPECT_EQ(strangeness(stage), 0);
}

TEST(Strangeness, IsLittleForAYoungProfile) {
  EXPECT_LT(strangeness(settled_account(3, 1)), 0.5);
}

TEST(Strangeness, IsNoneOffTheStrangersSideAndWithoutAPlace) {
  for (const Side side : {Side::kEstablished, Side::kUnsettled}) {
    Stage stage = settled_account();
    stage.side = side;
    EXPECT_EQ(strangeness(stage), 0);
  }
  Stage stage = settled_account();
  stage.origin = {};
  EXPECT_EQ(strangeness(stage), 0);
}

RC_GTEST_PROP(Strangeness, IsAShareThatFallsWithTheHabitOfRoaming, ()) {
  const auto share = static_cast<float>(*rc::gen::inRange(0, 101)) / 100;
  const auto more = static_cast<float>(*rc::gen::inRange(0, 101)) / 100;
  const float strange = strangeness(roams(share));
  RC_ASSERT(strange >= 0 && strange <= 1);
  RC_ASSERT(strangeness(roams(share + more)) <= strange);
}

TEST(ByStrangeness, GoesFromTheUsualToTheStrange) {
  Stage stage = settled_account();
  stage.strangeness = 0;
  EXPECT_DOUBLE_EQ(by_strangeness(stage.scene(), 20, 8), 20);
  stage.strangeness = 0.25F;
  EXPECT_DOUBLE_EQ(by_strangeness(stage.scene(), 20, 8), 17);
  stage.strangeness = 1;
  EXPECT_DOUBLE_EQ(by_strangeness(stage.scene(), 20, 8), 8);
}

TEST(Strangeness, MakesABusyDayAtANewPlaceWeighByDegrees) {
  double before = 0;
  for (const float strange : {0.0F, 0.5F, 1.0F}) {
    Stage stage = settled_account();
    stage.strangeness = strange;
    stage.activity.messages_hour.add(kNow, 20);
    stage.activity.messages_day.add(kNow, 20);
    const double nats = nats_of(weigh_volume(stage.scene()));
    EXPECT_GT(nats, before);
    before = nats;
  }
}

}  // namespace
}  // namespace postreeve
