// An account that is used from many countries at once.
#include <gtest/gtest.h>

#include <array>
#include <string_view>

#include "judge/account_testing.h"

namespace postreeve {
namespace {

using namespace std::chrono_literals;

constexpr std::array<std::string_view, 41> kCountries{
    "AR", "AT", "AU", "BD", "BE", "BG", "BR", "CA", "CH", "CL", "CN", "CO", "CZ", "DE",
    "DK", "EG", "ES", "FI", "FR", "GB", "GR", "HU", "ID", "IE", "IN", "IT", "JP", "KR",
    "MX", "MY", "NG", "NL", "NO", "PE", "PH", "PT", "RO", "SE", "TR", "UA", "VN"};

// Somebody logs in from one country after the other; returns the how-many-eth login suspended the account, 0
// when none did.
std::size_t log_in_from(Account& account, std::size_t countries, Duration pause) {
  std::size_t suspended_by = 0;
  for (std::size_t i = 0; i < countries; ++i) {
    const auto place = static_cast<std::uint32_t>(200 + i);
    account.login(origin_at(place, place, kCountries.at(i)));
    if (suspended_by == 0 && account.level() == Level::kSuspended) suspended_by = i + 1;
    account.now += pause;
  }
  return suspended_by;
}

TEST(FortyOneCountriesInAnHour, SuspendBeforeAnyMessage) {
  Account anna;
  anna.live();
  const std::size_t suspended_by = log_in_from(anna, 41, 80s);
  EXPECT_GE(suspended_by, 6U);
  EXPECT_LE(suspended_by, 8U);
  EXPECT_EQ(anna.record.standing.scope, Scope::kUnfamiliarOrigins);
  EXPECT_EQ(anna.send(thiefs_place(), {500}), 0U);
  EXPECT_EQ(anna.send(office(), {1}), 1U) << "the owner goes on";
}

TEST(FortyOneCountriesInAnHour, SuspendAnAccountOfThreeDays) {
  Account anna;
  anna.live(3);
  const std::size_t suspended_by = log_in_from(anna, 41, 80s);
  EXPECT_GE(suspended_by, 6U);
  EXPECT_LE(suspended_by, 8U);
}

// It knows no strangers yet: the second employee of a company may be on another continent.
TEST(FortyOneCountriesInAnHour, SayNothingOfAnAccountOfItsFirstDay) {
  Account anna;
  anna.live(1);
  EXPECT_EQ(log_in_from(anna, 41, 80s), 0U);
  EXPECT_FALSE(is_restriction(anna.level()));
}

TEST(ATraveller, IsNotRestrictedForAsManyCountriesAsThereAreFlights) {
  Account anna;
  anna.live();
  EXPECT_EQ(log_in_from(anna, 5, 5h), 0U);
  EXPECT_FALSE(is_restriction(anna.level()));
}

TEST(ATraveller, WhoWritesFromEveryAirportWithTheOwnLaptopIsNotRestricted) {
  Account anna;
  anna.live();
  for (std::uint32_t i = 0; i < 4; ++i) {
    anna.send(origin_at(200 + i, 200 + i, kCountries.at(i), kOwnClient), {1 + i});
    anna.now += 5h;
  }
  EXPECT_LE(anna.level(), Level::kWatched);
}

TEST(Mail, FromFiveCountriesWithinADaySuspends) {
  Account anna;
  anna.live();
  for (std::uint32_t i = 0; i < 5; ++i) {
    EXPECT_NE(anna.level(), Level::kSuspended) << i;
    anna.send(origin_at(200 + i, 200 + i, kCountries.at(i), 99), {1 + i});
    anna.now += 3h;
  }
  EXPECT_EQ(anna.level(), Level::kSuspended);
}

TEST(ATraveller, WhoTriesAllExitsOfAVpnWithinAnHourIsTakenForAThief) {
  Account anna;
  anna.live();
  EXPECT_NE(log_in_from(anna, 9, 5min), 0U);
  EXPECT_EQ(anna.send(office(), {1}), 1U) << "but not where she usually sends from";
}

TEST(ATraveller, WhoDoesThatEveryWeekIsNot) {
  Account anna;
  anna.live();
  anna.record.profile.rates.new_countries = 4;
  EXPECT_EQ(log_in_from(anna, 9, 5min), 0U);
}

}  // namespace
}  // namespace postreeve
