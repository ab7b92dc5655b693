#include <gtest/gtest.h>

#include "detect/scene_testing.h"

namespace postreeve {
namespace {

using namespace std::chrono_literals;

constexpr Position kWarsaw{52.2F, 21.0F, 50};
constexpr Position kHanoi{21.0F, 105.8F, 50};  // 8,000 km away
constexpr Position kBerlin{52.5F, 13.4F, 50};  // 500 km away

LastUse used_at(const Position& where, Timestamp time, bool familiar = true) {
  return {.time = to_seconds32(time),
          .country = CountryCode::of("PL").packed(),
          .latitude = static_cast<std::int16_t>(where.latitude * 100),
          .longitude = static_cast<std::int16_t>(where.longitude * 100),
          .radius_km = static_cast<std::uint16_t>(where.radius_km),
          .familiar = familiar};
}

// A stranger in Hanoi `passed` after the owner was in Warsaw.
Stage jump(Duration passed) {
  Stage stage = settled_account();
  stage.record.last_use = used_at(kWarsaw, kNow - passed);
  stage.origin.position = kHanoi;
  return stage;
}

// Strangers from `count` other countries, one each `pause`, the last one `pause` ago.
Stage countries(int count, Duration pause) {
  Stage stage = settled_account();
  Stranger& stranger = stranger_of(stage.record);
  for (int i = 0; i < count; ++i) {
    const char letters[] = {'A', static_cast<char>('A' + i)};
    stranger.countries.add(CountryCode::of({letters, 2}).packed(), kNow - (count - i) * pause, 24h);
  }
  return stage;
}

std::optional<Evidence> weigh(const Stage& stage) {
  return weigh_countries_and_speed(stage.scene());
}

TEST(Countries, SayNothingOfTheFirstNewOne) {
  EXPECT_FALSE(weigh(countries(0, 1h)));
}

TEST(Countries, WeighMoreWithEachNewOne) {
  double before = 1;
  for (int others = 1; others <= 3; ++others) {
    const auto evidence = weigh(countries(others, 3h));
    EXPECT_EQ(reason_of(evidence), Reason::kManyCountries);
    EXPECT_GT(nats_of(evidence), before) << others;
    before = nats_of(evidence);
  }
}

TEST(Countries, AreConclusiveWhenManyComeWithinAnHour) {
  EXPECT_FALSE(weigh(countries(2, 1min))->conclusive);
  const auto evidence = weigh(countries(6, 9min));
  EXPECT_TRUE(evidence->conclusive);
  EXPECT_EQ(std::get<std::int64_t>(evidence->arguments[0]), 7);
  EXPECT_EQ(std::get<Duration>(evidence->arguments[1]), Duration{1h});
}

TEST(Countries, AreConclusiveWhenMailComesWithTheFifthWithinADay) {
  EXPECT_FALSE(weigh(countries(3, 3h))->conclusive);
  const auto evidence = weigh(countries(4, 3h));
  EXPECT_TRUE(evidence->conclusive);
  EXPECT_EQ(std::get<std::int64_t>(evidence->arguments[0]), 5);
  EXPECT_EQ(std::get<Duration>(evidence->arguments[1]), Duration{24h});
}

TEST(Countries, AreNotConclusiveWhenLoginsComeOverADay) {
  Stage stage = countries(6, 3h);
  stage.kind = StepKind::kLogin;
  stage.use = Use::kRead;
  EXPECT_FALSE(weigh(stage)->conclusive);
}

TEST(Countries, AreForgottenAfterADay) {
  EXPECT_FALSE(weigh(countries(2, 25h)));
}

TEST(Countries, LeaveHabitualHoppersOut) {
  Stage stage = countries(6, 9min);
  stage.record.profile.rates.new_countries = 3;
  EXPECT_FALSE(weigh(stage));
}

TEST(Countries, OfABurstMakeNoHabitOfThemselves) {
  Stage stage = countries(6, 9min);
  AccountProfile& profile = stage.record.profile;
  for (const std::string_view learned : {"AA", "AB", "AC"})
    profile.countries.note(CountryCode::of(learned).packed(), day_of(kNow), Use::kRead);
  profile.rates.new_countries = 5;
  EXPECT_TRUE(weigh(stage)->conclusive);
  profile.rates.new_countries = 7;
  EXPECT_FALSE(weigh(stage));
}

TEST(Countries, LeaveOutTheOnesTheAccountKnows) {
  Stage stage = countries(6, 9min);
  stage.origin = origin_at(66, 60, "PL");
  EXPECT_FALSE(weigh(stage));
}

TEST(Countries, SayNothingWithoutGeography) {
  Stage stage = countries(6, 9min);
  stage.origin = origin_at(66, 60, "");
  EXPECT_FALSE(weigh(stage));
}

TEST(Countries, SayNothingAtUsualPlaces) {
  for (const Side side : {Side::kEstablished, Side::kUnsettled}) {
    Stage stage = countries(6, 9min);
    stage.side = side;
    EXPECT_FALSE(weigh(stage));
  }
}

TEST(Speed, WeighsAJumpNobodyCanMake) {
  const auto evidence = weigh(jump(1h));
  EXPECT_EQ(reason_of(evidence), Reason::kImpossibleSpeed);
  EXPECT_GT(nats_of(evidence), 3);
  EXPECT_FALSE(evidence->conclusive);
  EXPECT_EQ(std::get<Duration>(evidence->arguments[1]), Duration{1h});
  EXPECT_EQ(std::get<CountryCode>(evidence->arguments[2]), CountryCode::of("PL"));
  EXPECT_NEAR(static_cast<double>(std::get<std::int64_t>(evidence->arguments[3])), 8'000, 400);
}

TEST(Speed, AllowsAFlight) {
  EXPECT_FALSE(weigh(jump(9h)));
}

TEST(Speed, AllowsTheErrorOfTheMap) {
  Stage near = jump(1min);
  near.origin.position = kBerlin;
  EXPECT_FALSE(weigh(near));
  Stage vague = jump(1min);
  vague.origin.position->radius_km = 8'000;
  EXPECT_FALSE(weigh(vague));
}

TEST(Speed, WeighsLessBetweenTwoStrangePlaces) {
  Stage stage = jump(1h);
  stage.record.last_use.familiar = false;
  EXPECT_GT(nats_of(weigh(stage)), 1);
  EXPECT_LT(nats_of(weigh(stage)), nats_of(weigh(jump(1h))));
}

TEST(Speed, IsJudgedByTheTimeBetweenTheUsesWhicheverIsReportedFirst) {
  Stage late = jump(-12h);  // the owner's use of twelve hours later was read before
  EXPECT_FALSE(weigh(late));
  EXPECT_EQ(reason_of(weigh(jump(-1h))), Reason::kImpossibleSpeed);
}

TEST(Speed, AllowsTheOwnersDeviceBehindAnotherExit) {
  Stage stage = jump(1h);
  stage.origin.client = kOwnClient;
  EXPECT_FALSE(weigh(stage));
  stage.use = Use::kRead;  // a login brings no EHLO name that could tell
  EXPECT_TRUE(weigh(stage));
}

TEST(Speed, WeighsLittleWhenTheProfileIsYoung) {
  Stage stage = jump(1h);
  Stage young = settled_account(3, 1);
  young.record.last_use = stage.record.last_use;
  young.origin = stage.origin;
  EXPECT_LT(nats_of(weigh(young)), 2);
}

TEST(Speed, SaysNothingBeforeTheFirstUseWithAPlace) {
  Stage stage = jump(1h);
  stage.record.last_use = {};
  EXPECT_FALSE(weigh(stage));
}

}  // namespace
}  // namespace postreeve
