#include "judge/note.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "detect/new_recipients.h"
#include "detect/refusals.h"
#include "judge/account_testing.h"

namespace postreeve {
namespace {

using namespace std::chrono_literals;

TEST(FailedLogin, IsNeverLearned) {
  Account anna;
  anna.live(5);
  const AccountProfile before = anna.record.profile;
  for (int i = 0; i < 300; ++i) {
    anna.login(thiefs_place(), false);
    anna.login(office(), false);
    anna.now += 1min;
  }
  EXPECT_TRUE(anna.record.profile == before);
  EXPECT_EQ(anna.record.stranger, nullptr);
}

TEST(FailedLogin, IsAGuessFromAForeignNetwork) {
  Account anna;
  anna.live(5);
  for (int i = 0; i < 12; ++i) anna.login(thiefs_place(), false);
  EXPECT_EQ(anna.record.guesses.network, thiefs_place().network);
  EXPECT_EQ(anna.record.guesses.from_network, 12);
  EXPECT_EQ(anna.record.guesses.day.count(anna.now), 12U);
}

TEST(FailedLogin, IsAStalePhoneInANetworkTheOwnerHasLongUsed) {
  Account anna;
  anna.live(5);
  for (int i = 0; i < 500; ++i) anna.login(office(), false);
  EXPECT_TRUE(anna.record.guesses == Guesses{});
}

TEST(FailedLogin, CountsOnceForTheSameWrongPassword) {
  Account anna;
  for (int i = 0; i < 50; ++i) anna.login(thiefs_place(), false, 77);
  EXPECT_EQ(anna.record.guesses.from_network, 1);
  anna.login(thiefs_place(), false, 78);
  EXPECT_EQ(anna.record.guesses.from_network, 2);
}

TEST(FailedLogin, IsNoGuessWhenTheUserDatabaseWasDown) {
  Account anna;
  Login login;
  login.reason = LoginFailure::kOther;
  Facts tried = anna.facts(StepKind::kLogin, thiefs_place());
  tried.login = &login;
  for (int i = 0; i < 50; ++i) anna.judge(tried);
  EXPECT_TRUE(anna.record.guesses == Guesses{});
}

TEST(FailedLogin, BeginsAgainFromAnotherNetworkAndAfterADay) {
  Account anna;
  for (int i = 0; i < 5; ++i) anna.login(thiefs_place(), false);
  anna.login(origin_at(67, 61, "CN"), false);
  EXPECT_EQ(anna.record.guesses.from_network, 1);
  EXPECT_EQ(anna.record.guesses.day.count(anna.now), 6U);
  anna.now += 48h;
  anna.login(origin_at(67, 61, "CN"), false);
  EXPECT_EQ(anna.record.guesses.from_network, 1);
}

TEST(Activity, IsKeptApartForOwnerAndStranger) {
  Account anna;
  anna.live();
  anna.send(office(), {1});
  anna.send(thiefs_place(), {2});
  ASSERT_NE(anna.record.stranger, nullptr);
  EXPECT_EQ(anna.record.owner.messages_hour.count(anna.now), 1U);
  EXPECT_EQ(anna.record.stranger->activity.messages_hour.count(anna.now), 1U);
}

// However little suspicious the place is, what a stranger does adds up.
TEST(Activity, OfAStrangerAddsUpWithinOneMessage) {
  Account anna;
  anna.live();
  const Origin barely_strange = origin_at(2, 10, "PL");  // her provider, no EHLO name known for long
  Origin other_client = barely_strange;
  other_client.client = 99;
  anna.begin();
  for (std::uint32_t to = 1; to <= 5; ++to) anna.ask(other_client, to);
  ASSERT_NE(anna.record.stranger, nullptr);
  EXPECT_EQ(anna.record.stranger->activity.recipients_hour.count(anna.now), 5U);
  EXPECT_EQ(anna.record.stranger->activity.transaction.recipients, 5);
}

TEST(Activity, CountsRecipientsOfEachTransaction) {
  Account anna;
  anna.begin();
  for (std::uint32_t to = 1; to <= 4; ++to) anna.ask(office(), to);
  EXPECT_EQ(anna.record.owner.transaction.recipients, 4);
  anna.begin();
  anna.ask(office(), 9);
  EXPECT_EQ(anna.record.owner.transaction.recipients, 1);
  EXPECT_EQ(anna.record.owner.recipients_hour.count(anna.now), 5U);
}

RC_GTEST_PROP(Activity, KeepsNoveltyAndRefusalsWithinTheirBounds, ()) {
  Account anna;
  anna.live(*rc::gen::inRange(0, 4));
  for (int i = *rc::gen::inRange(0, 60); i > 0; --i) {
    anna.begin();
    anna.ask(office(), *rc::gen::inRange(1U, 200U));
    anna.answer(1, *rc::gen::inRange(0, 2) == 0);
    RC_ASSERT(anna.record.owner.novelty.s >= 0 &&
              anna.record.owner.novelty.s <= static_cast<float>(kMostNovelty));
    RC_ASSERT(anna.record.owner.refusals >= 0 &&
              anna.record.owner.refusals <= static_cast<float>(kMostRefusalSum));
  }
}

TEST(LastUse, IsThatOfTheLatestUseWithAPlace) {
  Account anna;
  Origin warsaw = office();
  warsaw.position = Position{52.23F, 21.01F, 25};
  anna.send(warsaw, {1});
  const LastUse first = anna.record.last_use;
  EXPECT_EQ(first.time, to_seconds32(anna.now));
  EXPECT_EQ(first.latitude, 5223);
  EXPECT_EQ(first.longitude, 2101);
  EXPECT_EQ(first.radius_km, 25);
  anna.now += 1h;
  anna.send(office(), {2});  // no position known
  EXPECT_EQ(anna.record.last_use, first);
  anna.now -= 2h;
  warsaw.position->latitude = 10;
  anna.send(warsaw, {3});  // a late report
  EXPECT_EQ(anna.record.last_use, first);
}

TEST(Lessons, OfHonestUseAreLearnedAtOnce) {
  Account anna;
  anna.send(office(), {1, 2});
  EXPECT_EQ(anna.record.profile.messages, 1U);
  EXPECT_TRUE(anna.record.profile.known_recipients.contains(1));
  EXPECT_TRUE(anna.record.profile.known_recipients.contains(2));
  EXPECT_EQ(anna.record.stranger, nullptr);
}

TEST(Lessons, OfARefusedRecipientAreNone) {
  Account anna;
  anna.limit = {.action = Action::kDefer, .number = 1};
  anna.send(office(), {1});
  EXPECT_FALSE(anna.record.profile.known_recipients.contains(1));
}

TEST(Lessons, OfAStrangerWaitWhileHeIsSuspicious) {
  Account anna;
  anna.live();
  anna.send(thiefs_place(), {500});
  ASSERT_NE(anna.record.stranger, nullptr);
  EXPECT_FALSE(anna.record.stranger->lessons.empty());
  EXPECT_FALSE(anna.record.profile.known_recipients.contains(500));
  EXPECT_EQ(anna.record.profile.networks.find(66), nullptr);
}

TEST(Lessons, OfMailFromANewCountryToFriendsByTheOwnersProgramAreLearnedAtOnce) {
  Account anna;
  anna.live();
  anna.send(origin_at(66, 60, "VN", kOwnClient), {1, 2});
  const Habit* vietnam = anna.record.profile.countries.find(CountryCode::of("VN").packed());
  ASSERT_NE(vietnam, nullptr);
  EXPECT_EQ(vietnam->send_days, 1);
}

TEST(Lessons, OfMailFromANewCountryWaitWhereTheProgramOrARecipientIsNew) {
  for (const auto& [client, recipient] : {std::pair{kOwnClient, 500U}, std::pair{0U, 1U}}) {
    Account anna;
    anna.live();
    anna.send(origin_at(66, 60, "VN", client), {recipient});
    const Habit* vietnam = anna.record.profile.countries.find(CountryCode::of("VN").packed());
    EXPECT_TRUE(vietnam == nullptr || vietnam->send_days == 0) << client << " to " << recipient;
  }
}

TEST(Lessons, AreLearnedWhenNothingCameOfItForThreeDays) {
  Account anna;
  anna.live();
  anna.send(thiefs_place(), {500});
  anna.now += 71h;
  anna.send(office(), {1});
  EXPECT_FALSE(anna.record.profile.known_recipients.contains(500));
  anna.now += 1h;
  anna.send(office(), {1});
  EXPECT_TRUE(anna.record.profile.known_recipients.contains(500));
  ASSERT_NE(anna.record.profile.networks.find(66), nullptr);
  EXPECT_EQ(anna.record.profile.networks.find(66)->send_days, 1);
  EXPECT_EQ(anna.record.stranger, nullptr);
}

TEST(Lessons, AreNotLearnedWhileTheAccountIsRestricted) {
  Account anna;
  anna.live();
  anna.run();
  ASSERT_EQ(anna.level(), Level::kSuspended);
  anna.now += 24h * 30;
  anna.send(office(), {1});
  EXPECT_FALSE(anna.record.profile.known_recipients.contains(10'000));
  EXPECT_EQ(anna.record.profile.networks.find(66), nullptr);
}

TEST(Lessons, OfAConfirmedTakeOverAreForgotten) {
  Account anna;
  anna.live();
  anna.send(thiefs_place(), {500});
  anna.judge_by_person(true);
  anna.now += 1h;
  anna.change_credentials();
  anna.now += 24h * 60;
  anna.send(office(), {1});
  EXPECT_FALSE(anna.record.profile.known_recipients.contains(500));
  EXPECT_EQ(anna.record.profile.networks.find(66), nullptr);
}

TEST(Lessons, OfARelaysBouncesAreLearnedEvenWhileTheyAreWeighed) {
  Account relay;
  relay.live(20);
  for (int i = 0; i < 40; ++i) relay.answer(0, i % 2 == 0);
  EXPECT_NEAR(relay.record.profile.rates.refused, 20, 1);
}

TEST(AnIdleStranger, IsForgottenAfterThreeDays) {
  Account anna;
  anna.live();
  anna.login(origin_at(2, 10, "PL", 99));
  ASSERT_NE(anna.record.stranger, nullptr);
  anna.now += 71h;
  anna.send(office(), {1});
  EXPECT_NE(anna.record.stranger, nullptr);
  anna.now += 2h;
  anna.send(office(), {1});
  EXPECT_EQ(anna.record.stranger, nullptr);
}

// Sends a circular to 60 friends from the office; returns whether anything was said of so many.
bool is_remarked(Account& account) {
  account.begin();
  bool remarked = false;
  for (std::uint32_t to = 1; to <= 60; ++to) {
    for (const Evidence& evidence : account.ask(office(), to).evidence)
      remarked |= evidence.reason == Reason::kRecipientsInOneMessage;
  }
  account.submit(office(), 60);
  return remarked;
}

TEST(Peaks, MeasureTheDaysFirstMessageByTheDayBefore) {
  Account anna;
  anna.live();
  anna.now += 1h;
  EXPECT_TRUE(is_remarked(anna));
  EXPECT_TRUE(is_remarked(anna));  // a run is not measured by itself
  anna.now += 24h;
  EXPECT_FALSE(is_remarked(anna));
}

}  // namespace
}  // namespace postreeve
