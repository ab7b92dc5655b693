#include "engine/login_throttle.h"

#include <cmath>
#include <vector>

#include <gtest/gtest.h>
#include <rapidcheck.h>

namespace postreeve {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

const HashKey kKey{{1, 2, 3}};
const Timestamp kMorning = *parse_rfc3339("2026-03-02T08:00:00Z");

Hash128 account(int number) {
  return keyed_hash(kKey, "account " + std::to_string(number));
}
IpAddress address(std::uint32_t number) {
  return IpAddress::v4(0xc6336400 + number);  // from 198.51.100.0 on
}

const std::function<bool()> kStranger = [] { return false; };
const std::function<bool()> kFamiliar = [] { return true; };

class LoginThrottleTest : public testing::Test {
 protected:
  // Another wrong password each time, one a second.
  void guess(int who, IpAddress from, int times) {
    for (int i = 0; i < times; ++i) throttle.failed({account(who), from, ++password}, now += seconds(1));
  }
  bool is_locked(int who, IpAddress from, const std::function<bool()>& is_familiar = kStranger) const {
    return throttle.ask({account(who), from}, now, is_familiar).is_locked();
  }

  LoginThrottle throttle{{}, kKey};
  Timestamp now = kMorning;
  std::uint64_t password = 0;
};

TEST_F(LoginThrottleTest, LocksAnAccountThatOneNetworkGuessesAt) {
  guess(1, address(7), 9);
  EXPECT_FALSE(is_locked(1, address(7)));
  guess(1, address(8), 1);
  EXPECT_TRUE(is_locked(1, address(7)));
  EXPECT_TRUE(is_locked(1, address(99)));
  EXPECT_FALSE(is_locked(2, address(7)));
  EXPECT_FALSE(is_locked(1, address(256)));
}

TEST_F(LoginThrottleTest, HoldsAnswersBackFromHalfOfTheFailuresOn) {
  guess(1, address(7), 5);
  EXPECT_EQ(throttle.ask({account(1), address(7)}, now, kStranger).lock, LoginThrottle::Lock::kNone);
  guess(1, address(7), 1);
  const auto ruling = throttle.ask({account(1), address(7)}, now, kStranger);
  EXPECT_EQ(ruling.lock, LoginThrottle::Lock::kTarpit);
  EXPECT_EQ(ruling.wait, seconds(2));
}

TEST_F(LoginThrottleTest, LocksAnAccountThatManyNetworksGuessAt) {
  for (std::uint32_t i = 0; i < 99; ++i) guess(1, address(i * 256), 1);
  EXPECT_FALSE(is_locked(1, address(0x7000)));
  guess(1, address(0x6000), 1);
  EXPECT_TRUE(is_locked(1, address(0x7000)));
  EXPECT_FALSE(is_locked(1, address(0x7000), kFamiliar));
}

TEST_F(LoginThrottleTest, NeverLocksWhereTheAccountIsAtHome) {
  guess(1, address(7), 500);
  for (int i = 100; i < 1000; ++i) guess(i, address(7), 1);
  EXPECT_TRUE(is_locked(1, address(7)));
  EXPECT_FALSE(is_locked(1, address(7), kFamiliar));
}

TEST_F(LoginThrottleTest, APhoneWithAnOldPasswordBehindTheOfficeLocksNobodyOut) {
  const IpAddress office = address(7);
  for (int who = 1; who <= 5; ++who) throttle.succeeded({account(who), office}, now);
  // Every minute for a week; the phone's owner set the new password on his computer, which is new here too.
  for (int minute = 0; minute < 7 * 24 * 60; ++minute) {
    now += minutes(1);
    throttle.failed({account(1), office, 0x0c98}, now);
    if (minute % 60 != 0) continue;
    for (int who = 1; who <= 9; ++who)
      ASSERT_EQ(throttle.ask({account(who), office}, now, kStranger).lock, LoginThrottle::Lock::kNone);
    throttle.succeeded({account(1), office}, now);
  }
}

TEST_F(LoginThrottleTest, ThousandsOfAccountsTriedFromOneAddressAreStoppedEarly) {
  int tried = 0;
  while (tried < 5000 && !is_locked(100 + tried, address(7))) guess(100 + tried++, address(7), 1);
  EXPECT_GE(tried, 16);
  EXPECT_LE(tried, 24);
  EXPECT_TRUE(is_locked(99'999, address(7)));
  EXPECT_FALSE(is_locked(99'999, address(8)));
}

TEST_F(LoginThrottleTest, APasswordThatASprayFindsDoesNotMakeItsAddressTrusted) {
  int tried = 0;
  while (tried < 5000 && !is_locked(100 + tried, address(7))) {
    guess(100 + tried++, address(7), 1);
    if (tried % 5 == 0) throttle.succeeded({account(100 + tried), address(7)}, now);
  }
  EXPECT_LE(tried, 30);
}

TEST_F(LoginThrottleTest, CarrierNatWithItsCustomersMayFailMore) {
  const IpAddress nat = address(7);
  for (int who = 1; who <= 30; ++who) throttle.succeeded({account(who), nat}, now += minutes(10));
  for (int who = 1000; who < 1200; ++who) guess(who, nat, 1);
  EXPECT_FALSE(is_locked(9999, nat));
  for (int who = 2000; who < 3000; ++who) guess(who, nat, 1);
  EXPECT_TRUE(is_locked(9999, nat));
  for (int who = 1; who <= 30; ++who) EXPECT_FALSE(is_locked(who, nat)) << who;
}

TEST_F(LoginThrottleTest, ASprayOverTheAddressesOfANetworkLocksTheNetwork) {
  for (int i = 0; i < 150; ++i) guess(100 + i, address(static_cast<std::uint32_t>(i % 250)), 1);
  EXPECT_EQ(throttle.ask({account(1), address(251)}, now, kStranger).lock, LoginThrottle::Lock::kNetwork);
  EXPECT_FALSE(is_locked(1, address(256)));
}

TEST_F(LoginThrottleTest, AddressesOfOneIpv6HostAreOne) {
  const auto host = [](std::uint64_t low) { return IpAddress(0x20010db800010000ULL, low); };
  for (int i = 0; i < 30; ++i) guess(100 + i, host(static_cast<std::uint64_t>(i)), 1);
  EXPECT_TRUE(is_locked(1, host(0xffff)));
}

TEST_F(LoginThrottleTest, ALockEndsAndTheNextOneIsLonger) {
  guess(1, address(7), 10);
  EXPECT_EQ(throttle.ask({account(1), address(7)}, now, kStranger).wait, minutes(15));
  now += minutes(15);
  EXPECT_FALSE(is_locked(1, address(7)));
  guess(1, address(7), 1);
  EXPECT_EQ(throttle.ask({account(1), address(7)}, now, kStranger).wait, minutes(30));
  for (int i = 0; i < 10; ++i) {
    now += hours(4);
    guess(1, address(7), 20);
  }
  EXPECT_LE(throttle.ask({account(1), address(7)}, now, kStranger).wait, hours(4));
  now += hours(30);
  guess(1, address(7), 10);
  EXPECT_EQ(throttle.ask({account(1), address(7)}, now, kStranger).wait, minutes(15));
}

TEST_F(LoginThrottleTest, UnknownPasswordsCountOneByOne) {
  for (int i = 0; i < 10; ++i) throttle.failed({account(1), address(7), 0}, now);
  EXPECT_TRUE(is_locked(1, address(7)));
}

TEST_F(LoginThrottleTest, SevenOldPasswordsInTurnAreOldPasswords) {
  for (int i = 0; i < 700; ++i)
    throttle.failed({account(1), address(7), 1 + static_cast<std::uint64_t>(i % 7)}, now);
  EXPECT_FALSE(is_locked(1, address(7)));
}

TEST_F(LoginThrottleTest, NothingIsCountedWhereThereIsNoPlace) {
  for (std::uint64_t i = 1; i < 500; ++i) {
    for (const IpAddress& from :
         {*IpAddress::parse("10.1.2.3"), *IpAddress::parse("127.0.0.1"), *IpAddress::parse("fe80::1")}) {
      throttle.failed({account(static_cast<int>(i)), from, i}, now);
      EXPECT_FALSE(throttle.ask({account(1), from}, now, kStranger).is_locked());
    }
  }
  EXPECT_EQ(throttle.size(), 0U);
}

TEST_F(LoginThrottleTest, APersonEndsLocks) {
  guess(1, address(7), 20);
  throttle.reset_account(account(1), now);
  EXPECT_FALSE(is_locked(1, address(7)));
  guess(1, address(7), 9);
  EXPECT_FALSE(is_locked(1, address(7)));
  guess(1, address(7), 1);
  EXPECT_TRUE(is_locked(1, address(7)));
  throttle.reset(account(1), address(7));
  EXPECT_FALSE(is_locked(1, address(7)));
  for (int i = 0; i < 40; ++i) guess(100 + i, address(7), 1);
  EXPECT_TRUE(is_locked(50, address(7)));
  throttle.reset_address(address(7));
  EXPECT_FALSE(is_locked(50, address(7)));
}

TEST_F(LoginThrottleTest, TellsWhatWasCounted) {
  guess(1, address(7), 3);
  throttle.succeeded({account(2), address(7)}, now);
  EXPECT_EQ(throttle.counts_of_account(account(1), now).passwords, 3U);
  EXPECT_EQ(throttle.counts_of_address(address(7), now).accounts, 1U);
  EXPECT_EQ(throttle.counts_of_address(address(7), now).logins, 1U);
  EXPECT_EQ(throttle.counts_of_address(address(7), now + hours(2)).accounts, 0U);
}

TEST_F(LoginThrottleTest, MemoryIsBounded) {
  LoginThrottleSettings settings;
  settings.most_entries = 100;
  LoginThrottle small(settings, kKey);
  for (int i = 0; i < 5000; ++i)
    small.failed({account(i), address(static_cast<std::uint32_t>(i) * 256), 1}, now);
  EXPECT_LE(small.size(), 4 * (100 + 16));
}

TEST(LoginThrottleProperty, WhoNeverFailedAndIsAloneAtAnAddressIsNeverHit) {
  rc::check([](const std::vector<std::pair<std::uint8_t, std::uint8_t>>& failures) {
    LoginThrottle throttle({}, kKey);
    Timestamp now = kMorning;
    std::uint64_t password = 0;
    for (const auto& [who, from] : failures) {
      throttle.failed({account(who), address(from * 256U), ++password}, now += seconds(1));
      RC_ASSERT(throttle.ask({account(300), address(256U * 256U)}, now, kStranger).lock ==
                LoginThrottle::Lock::kNone);
    }
  });
}

TEST(LoginThrottleProperty, HowLongALockLastsIsBoundedWhateverTheTimes) {
  rc::check([](const std::vector<std::int32_t>& steps) {
    LoginThrottle throttle({}, kKey);
    Timestamp now = kMorning;
    for (const std::int32_t step : steps) {
      now += Duration(step);
      for (int i = 0; i < 10; ++i) throttle.failed({account(1), address(1), 0}, now);
      RC_ASSERT(throttle.ask({account(1), address(1)}, now, kStranger).wait <= hours(4));
      RC_ASSERT(!throttle.ask({account(1), address(1)}, now + hours(24 * 60), kStranger).is_locked());
      RC_ASSERT(!throttle.ask({account(1), address(1)}, now, kFamiliar).is_locked());
    }
  });
}

}  // namespace
}  // namespace postreeve
