#include "profile/familiarity.h"

#include <gtest/gtest.h>

#include <utility>

namespace postreeve {
namespace {

using namespace std::chrono_literals;

constexpr Timestamp kStart{std::chrono::sys_days{std::chrono::year{2026} / 3 / 2}};

constexpr std::uint32_t kLaptop = 20;
constexpr std::uint32_t kScript = 21;

Origin place(std::uint32_t network, std::uint32_t provider, std::uint32_t client = kLaptop) {
  Origin origin;
  origin.known = true;
  origin.network = network;
  origin.provider = provider;
  origin.client = client;
  return origin;
}

const Origin kOffice = place(1, 10);

void use_daily(AccountProfile& profile, const Origin& origin, Use use, int days, int first_day = 0) {
  for (int day = first_day; day < first_day + days; ++day) {
    learn_use(profile, kStart + 24h * day, origin, use);
  }
}

// The side on a day after the start.
Side side_on(int day, const AccountProfile& profile, const Origin& origin, Use use) {
  return side_of(profile, origin, use, day_of(kStart + 24h * day));
}

AccountProfile settled() {
  AccountProfile profile;
  use_daily(profile, kOffice, Use::kSend, 20);
  return profile;
}

TEST(SideOf, SaysNothingWithoutAnAddress) {
  EXPECT_EQ(side_on(20, settled(), Origin{}, Use::kSend), Side::kUnsettled);
}

TEST(SideOf, TakesATrustedNetworkForEstablished) {
  Origin trusted = place(99, 99, kScript);
  trusted.trusted = true;
  EXPECT_EQ(side_on(20, settled(), trusted, Use::kSend), Side::kEstablished);
  EXPECT_EQ(side_on(20, AccountProfile{}, trusted, Use::kSend), Side::kEstablished);
}

TEST(SideOf, KnowsTheOfficeWhateverTheClient) {
  EXPECT_EQ(side_on(20, settled(), kOffice, Use::kSend), Side::kEstablished);
  EXPECT_EQ(side_on(20, settled(), place(1, 10, kScript), Use::kSend), Side::kEstablished);
  EXPECT_EQ(side_on(20, settled(), kOffice, Use::kRead), Side::kEstablished);
}

TEST(SideOf, TakesNobodyForAStrangerBeforeTheThirdDay) {
  AccountProfile profile;
  EXPECT_EQ(side_on(0, profile, kOffice, Use::kSend), Side::kUnsettled);
  learn_use(profile, kStart, kOffice, Use::kSend);
  learn_use(profile, kStart + 35h, kOffice, Use::kRead);
  EXPECT_EQ(side_on(2, profile, place(2, 11), Use::kSend), Side::kUnsettled);
  learn_use(profile, kStart + 36h, kOffice, Use::kRead);
  EXPECT_EQ(side_on(1, profile, place(2, 11), Use::kSend), Side::kUnsettled);
  EXPECT_EQ(side_on(2, profile, place(2, 11), Use::kSend), Side::kStranger);
}

TEST(SideOf, MakesANetworkFamiliarBySendsOnTwoDays) {
  AccountProfile profile = settled();
  const Origin home = place(2, 11);
  EXPECT_EQ(side_on(20, profile, home, Use::kSend), Side::kStranger);
  for (int i = 0; i < 50; ++i) learn_use(profile, kStart + 24h * 20, home, Use::kSend);
  EXPECT_EQ(side_on(21, profile, home, Use::kSend), Side::kStranger);  // one day, however busy
  learn_use(profile, kStart + 24h * 21, home, Use::kSend);
  EXPECT_EQ(side_on(21, profile, home, Use::kSend), Side::kStranger);  // the day itself does not count
  EXPECT_EQ(side_on(22, profile, home, Use::kSend), Side::kEstablished);
}

TEST(SideOf, NeverTakesAReaderOfWeeksForFamiliarWhenItSends) {
  AccountProfile profile;
  use_daily(profile, kOffice, Use::kSend, 60);
  const Origin thief = place(66, 67);
  for (int day = 60; day < 85; ++day) {
    use_daily(profile, kOffice, Use::kSend, 1, day);
    use_daily(profile, thief, Use::kRead, 1, day);
    ASSERT_EQ(side_on(day, profile, thief, Use::kSend), Side::kStranger) << day;
  }
  EXPECT_EQ(side_on(20, profile, thief, Use::kRead), Side::kUnsettled);  // but it may go on reading
}

TEST(SideOf, TakesAReaderOfDaysForAStrangerWhereTheOwnerSeldomComes) {
  AccountProfile profile;
  for (int day = 0; day < 40; day += 4) use_daily(profile, kOffice, Use::kSend, 1, day);
  const Origin thief = place(66, 67);
  use_daily(profile, thief, Use::kRead, 14, 40);
  EXPECT_FALSE(is_home(profile, *profile.networks.find(66)));
  EXPECT_EQ(side_on(54, profile, thief, Use::kSend), Side::kStranger);
}

TEST(SideOf, KnowsTheHomeThatWasSentFromOnOneDay) {
  AccountProfile profile;
  const Origin home = place(2, 11);
  use_daily(profile, home, Use::kRead, 20);
  use_daily(profile, home, Use::kSend, 1, 20);
  EXPECT_EQ(side_on(20, profile, home, Use::kSend), Side::kUnsettled);
  EXPECT_EQ(side_on(21, profile, home, Use::kSend), Side::kEstablished);
}

TEST(SideOf, SaysNothingAgainstSendingFromWhereTheAccountIsAlwaysRead) {
  AccountProfile profile;
  const Origin home = place(2, 11);
  use_daily(profile, home, Use::kRead, 30);
  EXPECT_EQ(side_on(20, profile, home, Use::kSend), Side::kUnsettled);
  EXPECT_EQ(side_on(20, profile, place(3, 12), Use::kSend), Side::kStranger);
}

TEST(IsHome, IsWhereTheAccountIsUsedOnHalfOfItsDays) {
  AccountProfile profile;
  const Origin home = place(2, 11);
  const Origin cafe = place(3, 12);
  use_daily(profile, home, Use::kRead, 30);
  use_daily(profile, cafe, Use::kRead, 10, 20);
  EXPECT_TRUE(is_home(profile, *profile.networks.find(2)));
  EXPECT_FALSE(is_home(profile, *profile.networks.find(3)));
}

TEST(SideOf, FollowsTheKnownClientThroughAKnownProvider) {
  AccountProfile profile = settled();
  EXPECT_EQ(side_on(20, profile, place(3, 10, kLaptop), Use::kSend), Side::kEstablished);
  EXPECT_EQ(side_on(20, profile, place(3, 10, kScript), Use::kSend), Side::kStranger);
  EXPECT_EQ(side_on(20, profile, place(3, 66, kLaptop), Use::kSend), Side::kStranger);
}

TEST(SideOf, CannotTellWhoSendsWithoutAClientsNameThroughAKnownProvider) {
  const AccountProfile profile = settled();
  EXPECT_EQ(side_on(20, profile, place(3, 10, 0), Use::kSend), Side::kUnsettled);
  for (const Use use : {Use::kRead, Use::kSignIn}) {
    EXPECT_EQ(side_on(20, profile, place(3, 10, 0), use), Side::kEstablished);  // no login tells a name
  }
}

TEST(SideOf, WantsThreeDaysOfAProvider) {
  AccountProfile profile = settled();
  use_daily(profile, place(4, 12), Use::kSend, 2, 20);
  EXPECT_EQ(side_on(22, profile, place(5, 12), Use::kSend), Side::kStranger);
  use_daily(profile, place(4, 12), Use::kSend, 1, 22);
  EXPECT_EQ(side_on(23, profile, place(5, 12), Use::kSend), Side::kEstablished);
}

TEST(KnowsClient, WantsTwoDaysOfSending) {
  AccountProfile profile;
  use_daily(profile, kOffice, Use::kSend, 1);
  EXPECT_FALSE(knows_client(profile, kLaptop));
  use_daily(profile, kOffice, Use::kSend, 1, 1);
  EXPECT_TRUE(knows_client(profile, kLaptop));
  EXPECT_FALSE(knows_client(profile, kScript));
  EXPECT_FALSE(knows_client(profile, 0));
}

}  // namespace
}  // namespace postreeve
