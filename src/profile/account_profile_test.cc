#include "profile/account_profile.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <cmath>
#include <set>
#include <vector>

namespace postreeve {
namespace {

using namespace std::chrono_literals;

constexpr Timestamp kStart{std::chrono::sys_days{std::chrono::year{2026} / 3 / 2}};

Origin place(std::uint32_t network, std::uint32_t provider = 10, std::uint32_t client = 20) {
  Origin origin;
  origin.known = true;
  origin.network = network;
  origin.provider = provider;
  origin.client = client;
  origin.country = CountryCode::of("PL");
  return origin;
}

TEST(LearnUse, CountsLoginsAndMessagesApart) {
  AccountProfile profile;
  learn_use(profile, kStart, place(1), Use::kRead);
  learn_use(profile, kStart, place(1), Use::kRead);
  learn_use(profile, kStart, place(1), Use::kSend);
  EXPECT_EQ(profile.logins, 2U);
  EXPECT_EQ(profile.messages, 1U);
}

TEST(LearnUse, RemembersNetworkProviderAndCountry) {
  AccountProfile profile;
  learn_use(profile, kStart, place(1), Use::kSend);
  ASSERT_NE(profile.networks.find(1), nullptr);
  EXPECT_EQ(profile.networks.find(1)->send_days, 1);
  EXPECT_NE(profile.providers.find(10), nullptr);
  EXPECT_NE(profile.countries.find(CountryCode::of("PL").packed()), nullptr);
}

TEST(LearnUse, LearnsAClientOnlyWhenItSends) {
  AccountProfile profile;
  learn_use(profile, kStart, place(1), Use::kRead);
  EXPECT_EQ(profile.clients.find(20), nullptr);
  learn_use(profile, kStart, place(1), Use::kSend);
  EXPECT_NE(profile.clients.find(20), nullptr);
}

TEST(LearnUse, LearnsNoPlaceFromAnUnknownOrigin) {
  AccountProfile profile;
  Origin webmail = place(1);
  webmail.known = false;
  learn_use(profile, kStart, webmail, Use::kSend);
  EXPECT_EQ(profile.networks.size(), 0U);
  EXPECT_EQ(profile.providers.size(), 0U);
  EXPECT_EQ(profile.messages, 1U);
}

TEST(LearnUse, TakesPlacesOfTheFirstDayForHomeAndLaterOnesForChanges) {
  AccountProfile profile;
  learn_use(profile, kStart, place(1, 10), Use::kSend);
  learn_use(profile, kStart + 5h, place(2, 11), Use::kSend);
  EXPECT_EQ(profile.rates.new_networks, 0.0F);
  EXPECT_EQ(profile.rates.new_providers, 0.0F);
  learn_use(profile, kStart + 25h, place(3, 12), Use::kSend);
  EXPECT_NEAR(profile.rates.new_networks, 1.0, 0.05);
  EXPECT_NEAR(profile.rates.new_providers, 1.0, 0.05);
  EXPECT_EQ(profile.rates.new_countries, 0.0F);
}

TEST(LearnUse, LearnsALateEventWithoutMovingTimeBack) {
  AccountProfile profile;
  learn_use(profile, kStart + 48h, place(1), Use::kSend);
  learn_use(profile, kStart, place(2), Use::kRead);
  EXPECT_EQ(profile.last_seen, to_seconds32(kStart + 48h));
  EXPECT_EQ(profile.first_seen, to_seconds32(kStart));
  EXPECT_NE(profile.networks.find(2), nullptr);
}

RC_GTEST_PROP(LearnUse, KeepsFirstBeforeLastInAnyOrder, (const std::vector<std::uint32_t>& offsets)) {
  AccountProfile profile;
  for (const std::uint32_t offset : offsets) {
    const Use use = offset % 2 == 0 ? Use::kRead : Use::kSend;
    learn_use(profile, kStart + std::chrono::seconds{offset % 10'000'000}, place(offset % 50), use);
    RC_ASSERT(profile.first_seen <= profile.last_seen);
  }
  RC_ASSERT(profile.logins + profile.messages == offsets.size());
}

TEST(LearnUse, CountsDaysOfUse) {
  AccountProfile profile;
  for (int day = 0; day < 3; ++day) {
    for (int i = 0; i < 4; ++i) learn_use(profile, kStart + 24h * day + 1h * i, place(1), Use::kRead);
  }
  EXPECT_NEAR(profile.rates.used_days, 3.0, 0.1);
}

TEST(LearnUse, FadesRatesByDaysOfUseSoThatASleepingAccountKeepsItsHabits) {
  AccountProfile profile;
  for (int day = 0; day < 20; ++day) {
    learn_use(profile, kStart + 24h * day, place(1), Use::kSend);
    learn_message(profile, kStart + 24h * day, {.recipients = 1, .messages_hour = 1, .messages_day = 1});
  }
  const float before = profile.rates.messages;
  learn_use(profile, kStart + 24h * 365, place(1), Use::kRead);
  EXPECT_NEAR(profile.rates.messages / before, std::exp2(-1.0 / kRateHalfLifeDays), 1e-5);
}

TEST(Rates, AreHalfAfterThirtyDaysOfUse) {
  Rates rates{.messages = 100, .refused = 8};
  for (int day = 0; day < 30; ++day) rates.fade_day();
  EXPECT_NEAR(rates.messages, 50, 0.01);
  EXPECT_NEAR(rates.refused, 4, 0.001);
}

RC_GTEST_PROP(LearnRecipient, SaysWhoIsNew, ()) {
  const auto keys = *rc::gen::container<std::vector<std::uint32_t>>(rc::gen::inRange<std::uint32_t>(1, 40));
  AccountProfile profile;
  std::set<std::uint32_t> seen;
  for (const std::uint32_t key : keys) RC_ASSERT(learn_recipient(profile, key) == seen.insert(key).second);
  RC_ASSERT(profile.rates.recipients == static_cast<float>(keys.size()));
  RC_ASSERT(profile.rates.recipients == static_cast<float>(keys.size()));
  RC_ASSERT(profile.rates.new_recipients == static_cast<float>(seen.size()));
}

TEST(Peaks, MeasureNoDayByItself) {
  AccountProfile profile;
  for (int i = 0; i < 10; ++i) {
    learn_message(profile, kStart + 1h * i,
                  {.recipients = 30, .messages_hour = 8, .messages_day = 20, .recipients_hour = 40});
  }
  for (const float peak : {profile.peaks.messages_hour, profile.peaks.messages_day,
                           profile.peaks.recipients_hour, profile.peaks.recipients_message}) {
    EXPECT_EQ(peak, 0.0F);
  }
}

TEST(Peaks, MakeTodaysBusyDayTomorrowsHabit) {
  AccountProfile profile;
  learn_message(profile, kStart,
                {.recipients = 31, .messages_hour = 7, .messages_day = 15, .recipients_hour = 63});
  learn_message(profile, kStart + 1h,
                {.recipients = 2, .messages_hour = 1, .messages_day = 1, .recipients_hour = 2});
  profile.peaks.turn_day(kStart + 24h);
  EXPECT_EQ(profile.peaks.recipients_message, 31.0F);
  EXPECT_EQ(profile.peaks.messages_hour, 7.0F);
  EXPECT_EQ(profile.peaks.messages_day, 15.0F);
  EXPECT_EQ(profile.peaks.recipients_hour, 63.0F);
}

TEST(Peaks, AreHalfForgottenInSixtyDays) {
  AccountProfile profile;
  learn_message(profile, kStart, {.recipients = 31, .messages_hour = 7, .messages_day = 15});
  profile.peaks.turn_day(kStart + 24h);
  learn_message(profile, kStart + 24h * 61, {.recipients = 1, .messages_hour = 1, .messages_day = 1});
  EXPECT_NEAR(profile.peaks.recipients_message, 15.5, 0.01);
  EXPECT_NEAR(profile.peaks.messages_day, 7.5, 0.01);
}

TEST(Peaks, AreNotTurnedByALateEvent) {
  AccountProfile profile;
  learn_message(profile, kStart + 24h, {.recipients = 31});
  learn_message(profile, kStart, {.recipients = 1});
  EXPECT_EQ(profile.peaks.recipients_message, 0.0F);
}

RC_GTEST_PROP(Peaks, KeepADayToTenPercentInTheOwnersFavour, ()) {
  const auto recipients = *rc::gen::inRange<std::uint32_t>(0, 100'000);
  AccountProfile profile;
  learn_message(profile, kStart, {.recipients = recipients});
  profile.peaks.turn_day(kStart + 24h);
  RC_ASSERT(profile.peaks.recipients_message >= static_cast<float>(recipients));
  RC_ASSERT(profile.peaks.recipients_message <= 1.1F * static_cast<float>(recipients) + 1);
}

TEST(LearnMessage, NotesForeignSendersButNotTheAccountsOwnName) {
  AccountProfile profile;
  learn_message(profile, kStart, {.sender = 0, .header_from = 0});
  EXPECT_EQ(profile.senders.size(), 0U);
  learn_message(profile, kStart, {.sender = 5, .header_from = 6});
  EXPECT_NE(profile.senders.find(5), nullptr);
  EXPECT_NE(profile.senders.find(6), nullptr);
}

TEST(LearnMessage, CountsActiveDays) {
  AccountProfile profile;
  for (int i = 0; i < 6; ++i) learn_message(profile, kStart + 8h * i, {.recipients = 1});
  EXPECT_EQ(profile.rates.active_days, 2.0F);
  EXPECT_EQ(profile.rates.messages, 6.0F);
  EXPECT_EQ(profile.last_sent, to_seconds32(kStart + 40h));
}

TEST(Silence, IsRememberedForTheDayThatEndsIt) {
  AccountProfile profile;
  EXPECT_EQ(silence(profile, kStart), Duration{0});
  learn_message(profile, kStart, {.recipients = 1});
  EXPECT_EQ(silence(profile, kStart + 24h * 100), Duration{24h * 100});
  for (int i = 0; i < 5; ++i) learn_message(profile, kStart + 24h * 100 + 1min * i, {.recipients = 1});
  EXPECT_EQ(silence(profile, kStart + 24h * 100 + 1h), Duration{24h * 100});
  EXPECT_EQ(silence(profile, kStart + 24h * 101), Duration{24h * 100});
  EXPECT_LT(silence(profile, kStart + 24h * 102), Duration{24h * 3});
}

TEST(Silence, OfAHolidayIsNoSleep) {
  AccountProfile profile;
  learn_message(profile, kStart, {.recipients = 1});
  learn_message(profile, kStart + 24h * 40, {.recipients = 1});
  EXPECT_EQ(silence(profile, kStart + 24h * 40 + 1h), Duration{1h});
}

TEST(LearnAnswer, CountsDeliveriesAndRefusalsApart) {
  AccountProfile profile;
  learn_answer(profile, true);
  learn_answer(profile, false);
  learn_answer(profile, false);
  EXPECT_EQ(profile.rates.refused, 1.0F);
  EXPECT_EQ(profile.rates.delivered, 2.0F);
}

AccountProfile used(int days, int a_day) {
  AccountProfile profile;
  for (int day = 0; day < days; ++day) {
    for (int i = 0; i < a_day; ++i) learn_use(profile, kStart + 24h * day + 1h * i, place(1), Use::kRead);
  }
  return profile;
}

TEST(Confidence, IsNoneForAnEmptyProfileAndWholeForASettledOne) {
  EXPECT_EQ(confidence(AccountProfile{}, kStart), 0.0);
  EXPECT_EQ(confidence(used(15, 1), kStart + 24h * 15), 1.0);
  EXPECT_EQ(confidence(used(10, 6), kStart + 24h * 10), 1.0);
}

TEST(Confidence, WantsBothDaysAndUses) {
  EXPECT_LT(confidence(used(1, 24), kStart + 24h), 0.25);      // many uses, one day
  EXPECT_LE(confidence(used(1, 1), kStart + 24h * 100), 0.1);  // many days, one use
  const double half = confidence(used(7, 1), kStart + 24h * 7);
  EXPECT_GT(half, 0.3);
  EXPECT_LT(half, 0.7);
}

RC_GTEST_PROP(Confidence, IsBetweenNoneAndWholeAndGrowsWithTime, ()) {
  const AccountProfile profile = used(*rc::gen::inRange(0, 20), *rc::gen::inRange(1, 10));
  const auto now = kStart + 1h * *rc::gen::inRange(-100, 1000);
  const double sure = confidence(profile, now);
  RC_ASSERT(sure >= 0.0 && sure <= 1.0);
  RC_ASSERT(confidence(profile, now + 24h) >= sure);
}

}  // namespace
}  // namespace postreeve
