// Settings and complaints in an account's story.
#include <gtest/gtest.h>

#include "judge/account_testing.h"

namespace postreeve {
namespace {

TEST(Settings, AloneNeverRestrictAnybody) {
  Account account;
  account.live();
  for (int i = 0; i < 5; ++i) {
    account.login(thiefs_place());
    account.set(thiefs_place(), SettingKind::kForward);
    account.now += std::chrono::minutes{10};
  }
  EXPECT_FALSE(is_restriction(account.level()));
}

TEST(Settings, BrakeTheThiefsFirstMailsADayLater) {
  Account quiet;
  Account forwarded;
  double risk[2] = {};
  for (Account* account : {&quiet, &forwarded}) {
    account->live();
    account->login(thiefs_place());
    if (account == &forwarded) account->set(thiefs_place(), SettingKind::kForward);
    account->now += std::chrono::hours{24};
    account->begin();
    risk[account == &forwarded] = static_cast<double>(account->ask(thiefs_place(), 10'000).risk);
  }
  EXPECT_GT(risk[1], risk[0] + 0.4);
}

TEST(Settings, MakeNoPlaceFamiliar) {
  Account account;
  account.live();
  const Origin hotel = origin_at(3, 30, "PL");
  for (int day = 0; day < 20; ++day) {
    account.set(hotel, SettingKind::kOther, "");
    account.send(office(), {1});
    account.now += std::chrono::hours{24};
  }
  EXPECT_EQ(side_of(account.record.profile, hotel, Use::kSend, day_of(account.now)), Side::kStranger);
}

TEST(Complaints, AreLaidAtTheDoorOfWhoSentTheMail) {
  Account account;
  account.live();
  account.send(thiefs_place(), {10'000});
  const std::uint32_t strangers = account.transaction();
  account.now += std::chrono::hours{1};
  account.complain(strangers);
  ASSERT_TRUE(account.record.stranger);
  EXPECT_GT(account.record.stranger->activity.risk.nats[static_cast<std::size_t>(Group::kAnswers)], 2.0F);
  EXPECT_EQ(account.record.owner.risk.nats[static_cast<std::size_t>(Group::kAnswers)], 0.0F);
  EXPECT_EQ(account.record.profile.rates.complaints, 0.0F);
}

TEST(Complaints, OfOneRecipientAboutOneMessageCountOnce) {
  Account account;
  account.live();
  for (int i = 0; i < 10; ++i) account.complain(0, 77);
  EXPECT_FLOAT_EQ(account.record.profile.rates.complaints, 1.0F);
  EXPECT_TRUE(account.decision.repeated);
}

TEST(Complaints, AboutTheOwnersMailAreLearnedAndRestrictNobody) {
  Account account;
  account.live();
  for (int i = 0; i < 5; ++i) account.complain(account.transaction());
  EXPECT_FLOAT_EQ(account.record.profile.rates.complaints, 5.0F);
  EXPECT_FALSE(is_restriction(account.level()));
}

}  // namespace
}  // namespace postreeve
