#include "detect/reading.h"

#include <gtest/gtest.h>

#include "detect/scene_testing.h"

namespace postreeve {
namespace {

Stage setting_from(const Origin& origin, SettingKind kind, std::string_view domain = "gmail.com") {
  Stage stage = settled_account();
  stage.origin = origin;
  stage.kind = StepKind::kSettingChange;
  stage.setting = {.kind = kind, .target_domain = domain};
  return stage;
}

double weight_of(SettingKind kind, const Origin& origin = thiefs_place(),
                 std::string_view domain = "gmail.com") {
  return nats_of(weigh_reading(setting_from(origin, kind, domain).scene()));
}

// The stranger has read on `days` days, until yesterday.
Stage read_along(const Origin& origin, int days) {
  Stage stage = settled_account();
  stage.origin = origin;
  stage.kind = StepKind::kLogin;
  stage.use = Use::kRead;
  for (int day = days; day > 0; --day) {
    learn_use(stage.record.profile, kNow - std::chrono::hours{24} * day, origin, Use::kRead);
  }
  return stage;
}

TEST(Reading, FindsAForwardToFreemailFromANewCountryMoreThanItsPlace) {
  const Stage stage = setting_from(thiefs_place(), SettingKind::kForward);
  const auto found = weigh_reading(stage.scene());
  ASSERT_TRUE(found);
  EXPECT_EQ(found->reason, Reason::kSettingMade);
  EXPECT_GT(found->nats, nats_of(weigh_origin_novelty(stage.scene())));
  EXPECT_LE(found->nats, 6.0F);
  EXPECT_FALSE(found->conclusive);
}

TEST(Reading, WeighsByWhatIsMadeAndWhereItLeads) {
  const double freemail = weight_of(SettingKind::kForward);
  const double elsewhere = weight_of(SettingKind::kForward, origin_at(66, 60, "PL"), "y.example");
  const double app_password = weight_of(SettingKind::kAppPassword, origin_at(66, 60, "PL"), "");
  const double filter = weight_of(SettingKind::kFilter, origin_at(66, 60, "PL"), "");
  const double other = weight_of(SettingKind::kOther, origin_at(66, 60, "PL"), "");
  EXPECT_GT(freemail, elsewhere);
  EXPECT_GT(elsewhere, app_password);
  EXPECT_GT(app_password, filter);
  EXPECT_GT(filter, other);
  Stage own = setting_from(origin_at(66, 60, "PL"), SettingKind::kForward, "x.example");
  own.setting.is_own = true;
  EXPECT_LT(nats_of(weigh_reading(own.scene())), elsewhere);
}

TEST(Reading, WeighsByHowStrangeThePlaceIs) {
  const double country = weight_of(SettingKind::kFilter, thiefs_place());
  const double provider = weight_of(SettingKind::kFilter, origin_at(66, 60, "PL"));
  const double network = weight_of(SettingKind::kFilter, origin_at(66, 10, "PL"));
  EXPECT_GT(country, provider);
  EXPECT_GT(provider, network);
  EXPECT_GT(network, 0);
}

TEST(Reading, LetsTheOwnerSetWhatHeLikesWhereHeLives) {
  Stage stage = setting_from(office(), SettingKind::kForward);
  for (const Side side : {Side::kEstablished, Side::kUnsettled}) {
    stage.side = side;
    EXPECT_FALSE(weigh_reading(stage.scene()));
  }
}

TEST(Reading, SaysLittleWhileTheProfileIsYoung) {
  Stage stage = setting_from(thiefs_place(), SettingKind::kForward);
  stage.record = {};
  learn_use(stage.record.profile, kNow - std::chrono::days{2}, office(), Use::kSend);
  EXPECT_LT(nats_of(weigh_reading(stage.scene())), 1.5);
}

TEST(Reading, SpeaksAgainstMailForAWeekAfterTheSetting) {
  Stage stage = settled_account();
  EXPECT_FALSE(weigh_reading(stage.scene()));
  Stranger& stranger = stranger_of(stage.record);
  stranger.setting = SettingKind::kForward;
  stranger.setting_nats = 3;
  stranger.setting_time = to_seconds32(kNow - std::chrono::hours{1});
  const auto soon = weigh_reading(stage.scene());
  EXPECT_EQ(reason_of(soon), Reason::kSettingMadeBefore);
  stranger.setting_time = to_seconds32(kNow - std::chrono::days{5});
  EXPECT_LT(nats_of(weigh_reading(stage.scene())), nats_of(soon));
  stranger.setting_time = to_seconds32(kNow - std::chrono::days{8});
  EXPECT_FALSE(weigh_reading(stage.scene()));
}

TEST(Reading, DoesNotHoldASettingAgainstTheOwnersOwnDevice) {
  Stage stage = settled_account();
  stranger_of(stage.record).setting_nats = 3;
  stranger_of(stage.record).setting_time = to_seconds32(kNow - std::chrono::hours{1});
  stage.origin = origin_at(66, 60, "PL", kOwnClient);
  EXPECT_FALSE(weigh_reading(stage.scene()));
}

TEST(Reading, FindsSomebodyWhoReadsAbroadWhileTheOwnerSendsAtHome) {
  const auto two_days = weigh_reading(read_along(thiefs_place(), 2).scene());
  EXPECT_EQ(reason_of(two_days), Reason::kReadsAlong);
  const Stage stage = read_along(thiefs_place(), 10);
  const double alone = nats_of(weigh_origin_novelty(stage.scene()));
  const double with = nats_of(weigh_reading(stage.scene()));
  EXPECT_GT(with, alone + 1.5);
  EXPECT_LE(with, alone + 2.01);
}

TEST(Reading, TakesANewPhoneInTheOwnersCountryForAPhone) {
  EXPECT_FALSE(weigh_reading(read_along(origin_at(66, 60, "PL"), 10).scene()));
}

TEST(Reading, TakesATravellerForATraveller) {
  // The last message from the office was sent on the day of departure.
  Stage stage = settled_account();
  stage.time = kNow + std::chrono::days{4};
  stage.kind = StepKind::kLogin;
  stage.use = Use::kRead;
  for (int day = 0; day < 4; ++day) {
    learn_use(stage.record.profile, kNow + std::chrono::hours{24} * day, thiefs_place(), Use::kRead);
  }
  EXPECT_FALSE(weigh_reading(stage.scene()));
}

}  // namespace
}  // namespace postreeve
