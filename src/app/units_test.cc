#include "app/units.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace postreeve {
namespace {

using std::chrono::days;
using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

TEST(DurationText, IsUnitsAndTheirSums) {
  EXPECT_EQ(parse_duration("90s"), seconds{90});
  EXPECT_EQ(parse_duration("10m"), minutes{10});
  EXPECT_EQ(parse_duration("2h"), hours{2});
  EXPECT_EQ(parse_duration("1w"), days{7});
  EXPECT_EQ(parse_duration("1h30m"), minutes{90});
}

TEST(DurationText, IsNothingElse) {
  for (const char* text :
       {"", "10", "m", "10 m", "-1h", "1.5h", "10M", "1h ", "40000000000s", "4000000000w", "101y"}) {
    EXPECT_FALSE(parse_duration(text)) << text;
  }
}

RC_GTEST_PROP(DurationText, ReadsBackWhatItWrote, ()) {
  const seconds duration{*rc::gen::inRange(0, 1'000'000'000)};
  RC_ASSERT(parse_duration(format_duration(duration)) == Duration{duration});
}

TEST(RateText, IsAnAmountWithinATime) {
  EXPECT_EQ(parse_rate("30/1h"), (Rate{30, hours{1}}));
  EXPECT_EQ(parse_rate("500/d"), (Rate{500, days{1}}));
  EXPECT_EQ(parse_rate("0/10m"), (Rate{0, minutes{10}}));
}

TEST(RateText, IsNothingElse) {
  for (const char* text :
       {"", "30", "30/", "/1h", "30/0s", "30/hour", "30 / 1h", "-3/1h", "99999999999/1h"}) {
    EXPECT_FALSE(parse_rate(text)) << text;
  }
}

TEST(HoursText, MayRunOverMidnight) {
  EXPECT_EQ(parse_hours("22:00-06:00"), (Hours{22 * 60, 6 * 60}));
  EXPECT_EQ(parse_hours("09:30-24:00"), (Hours{9 * 60 + 30, 0}));
  EXPECT_EQ(parse_hours("00:00-24:00"), (Hours{0, 0}));
}

TEST(HoursText, IsNothingElse) {
  for (const char* text : {"", "22-06", "22:00", "22:00-22:00", "25:00-06:00", "22:60-06:00", "24:00-06:00",
                           "9:00-10:00", "22:00-06:00x", "24:01-06:00"}) {
    EXPECT_FALSE(parse_hours(text)) << text;
  }
}

TEST(DateText, IsADayOfTheCalendar) {
  EXPECT_EQ(parse_date("2026-12-24"), 20261224U);
  EXPECT_EQ(parse_date("2028-02-29"), 20280229U);
  for (const char* text :
       {"2026-02-29", "2026-13-01", "26-12-24", "2026-12-24T00:00:00Z", "24.12.2026", ""}) {
    EXPECT_FALSE(parse_date(text)) << text;
  }
}

}  // namespace
}  // namespace postreeve
