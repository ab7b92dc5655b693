#include "intake/log_clock.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "intake/log_stamp.h"

namespace postreeve {
namespace {

using std::chrono::day;
using std::chrono::month;
using std::chrono::month_day;

CivilZone zone_named(const std::string& name) {
  auto zone = CivilZone::open(name);
  EXPECT_TRUE(zone) << name;
  return std::move(zone).value();
}

Timestamp at(std::string_view rfc3339) {
  return parse_rfc3339(rfc3339).value();
}

// Reads lines' stamps one after the other.
class ClockReader {
 public:
  ClockReader(const std::string& zone, YearHint hint) : zone_(zone_named(zone)), clock_(zone_, hint) {}

  std::string operator()(std::string_view stamp) {
    const auto parsed = find_stamp(stamp);
    EXPECT_TRUE(parsed) << stamp;
    return format_rfc3339(clock_.read(*parsed));
  }

 private:
  CivilZone zone_;
  LogClock clock_;
};

YearHint until(std::string_view latest) {
  return {std::nullopt, at(latest)};
}

TEST(LogClock, ReadsStampsThatNameTheirOffsetAsTheyAre) {
  ClockReader read("Europe/Berlin", until("2030-01-01T00:00:00Z"));
  EXPECT_EQ(read("2026-11-22T00:08:02.123+05:30"), "2026-11-21T18:38:02.123Z");
  EXPECT_EQ(read("2026-11-22T00:08:02Z"), "2026-11-22T00:08:02.000Z");
}

TEST(LogClock, ReadsOtherStampsInTheZone) {
  ClockReader berlin("Europe/Berlin", until("2026-12-01T00:00:00Z"));
  EXPECT_EQ(berlin("2026-11-22 00:08:02"), "2026-11-21T23:08:02.000Z");
  EXPECT_EQ(berlin("2026-07-22 00:08:02"), "2026-07-21T22:08:02.000Z");
  ClockReader kolkata("Asia/Kolkata", until("2026-12-01T00:00:00Z"));
  EXPECT_EQ(kolkata("2026-11-22 00:08:02"), "2026-11-21T18:38:02.000Z");
  ClockReader utc("UTC", until("2026-12-01T00:00:00Z"));
  EXPECT_EQ(utc("2026-11-22 00:08:02"), "2026-11-22T00:08:02.000Z");
}

TEST(LogClock, KnowsOnlyZonesOfTheSystem) {
  const auto zone = CivilZone::open("Middle/Earth");
  ASSERT_FALSE(zone);
  EXPECT_EQ(zone.error().code, ErrorCode::kInvalidInput);
  EXPECT_NE(zone.error().detail.find("Middle/Earth"), std::string::npos);
}

TEST(LogClock, ReadsTheRepeatedHourSoThatTimeDoesNotRunBack) {
  ClockReader read("Europe/Berlin", until("2026-12-01T00:00:00Z"));
  EXPECT_EQ(read("2026-10-25 02:10:00"), "2026-10-25T00:10:00.000Z");  // the first 02:10
  EXPECT_EQ(read("2026-10-25 02:59:59"), "2026-10-25T00:59:59.000Z");
  EXPECT_EQ(read("2026-10-25 02:00:01"), "2026-10-25T01:00:01.000Z");  // an hour back: the second
  EXPECT_EQ(read("2026-10-25 02:30:00"), "2026-10-25T01:30:00.000Z");
  EXPECT_EQ(read("2026-10-25 03:00:00"), "2026-10-25T02:00:00.000Z");
}

TEST(LogClock, DoesNotTakeALineOutOfOrderForTheSecondOfTwoEqualHours) {
  ClockReader read("Europe/Berlin", until("2026-12-01T00:00:00Z"));
  EXPECT_EQ(read("2026-10-25 02:10:05"), "2026-10-25T00:10:05.000Z");
  EXPECT_EQ(read("2026-10-25 02:10:04"), "2026-10-25T00:10:04.000Z");
}

TEST(LogClock, ShiftsTheHourThatDoesNotExistForward) {
  ClockReader read("Europe/Berlin", until("2026-12-01T00:00:00Z"));
  EXPECT_EQ(read("2026-03-29 01:59:59"), "2026-03-29T00:59:59.000Z");
  EXPECT_EQ(read("2026-03-29 02:30:00"), "2026-03-29T01:30:00.000Z");  // 03:30 on the clocks
  EXPECT_EQ(read("2026-03-29 03:30:00"), "2026-03-29T01:30:00.000Z");
}

TEST(LogClock, InfersTheYearFromTheLatestTime) {
  EXPECT_EQ(ClockReader("UTC", until("2026-11-23T06:00:00Z"))("Nov 22 00:08:02"), "2026-11-22T00:08:02.000Z");
  EXPECT_EQ(ClockReader("UTC", until("2026-11-20T06:00:00Z"))("Nov 22 00:08:02"), "2025-11-22T00:08:02.000Z");
  // A day of leeway for zones.
  EXPECT_EQ(ClockReader("UTC", until("2026-12-31T23:30:00Z"))("Jan  1 00:10:00"), "2027-01-01T00:10:00.000Z");
}

TEST(LogClock, GoesOverNewYearInsideAFile) {
  ClockReader read("UTC", {2025, at("2026-01-05T00:00:00Z")});
  EXPECT_EQ(read("Dec 31 23:59:59"), "2025-12-31T23:59:59.000Z");
  EXPECT_EQ(read("Jan  1 00:00:01"), "2026-01-01T00:00:01.000Z");
  EXPECT_EQ(read("Dec 31 23:59:58"), "2025-12-31T23:59:58.000Z");  // late by three seconds
  EXPECT_EQ(read("Jan  1 00:00:02"), "2026-01-01T00:00:02.000Z");
}

TEST(LogClock, DoesNotFlipTheYearWhenTheClockStepsBack) {
  ClockReader read("UTC", {2026, at("2026-12-31T00:00:00Z")});
  EXPECT_EQ(read("Jun 10 12:00:00"), "2026-06-10T12:00:00.000Z");
  EXPECT_EQ(read("Jun 10 11:55:00"), "2026-06-10T11:55:00.000Z");
  EXPECT_EQ(read("Jun  9 23:00:00"), "2026-06-09T23:00:00.000Z");
  EXPECT_EQ(read("Jun 10 12:01:00"), "2026-06-10T12:01:00.000Z");
}

TEST(LogClock, NeverGoesOnIntoAYearBeyondTheLatestTime) {
  ClockReader read("UTC", {2026, at("2026-12-31T00:00:00Z")});
  EXPECT_EQ(read("Nov 10 12:00:00"), "2026-11-10T12:00:00.000Z");
  EXPECT_EQ(read("Feb 10 12:00:00"), "2026-02-10T12:00:00.000Z");
}

TEST(LogClock, FindsALeapYearForTheLeapDay) {
  EXPECT_EQ(ClockReader("UTC", until("2026-11-23T06:00:00Z"))("Feb 29 10:00:00"), "2024-02-29T10:00:00.000Z");
}

TEST(YearStep, IsOneOverNewYearAndMinusOneBackOverIt) {
  const auto on = [](unsigned m, unsigned d) { return month_day{month{m}, day{d}}; };
  EXPECT_EQ(year_step(on(12, 31), on(1, 1)), 1);
  EXPECT_EQ(year_step(on(1, 1), on(12, 31)), -1);
  EXPECT_EQ(year_step(on(6, 10), on(6, 9)), 0);
  EXPECT_EQ(year_step(on(3, 1), on(12, 1)), 0);
  EXPECT_EQ(year_step(on(12, 1), on(3, 1)), 1);
  EXPECT_EQ(year_step(on(2, 29), on(2, 29)), 0);
}

// Whatever zone and time: civil time made of an instant reads back as that instant, but in the hour that is
// twice.
RC_GTEST_PROP(CivilZone, ReadsBackWhatClocksShowed, ()) {
  static CivilZone berlin = zone_named("Europe/Berlin");
  const auto instant = Timestamp{std::chrono::seconds{*rc::gen::inRange<std::int64_t>(0, 4'200'000'000)}};
  const auto one_hour = Duration{std::chrono::hours{1}};
  const auto winter = instant.time_since_epoch() + one_hour;
  const auto back = berlin.to_utc(winter, instant);
  const auto summer_back = berlin.to_utc(winter + one_hour, instant);
  RC_ASSERT(back == instant || summer_back == instant);
}

// The years of a year of lines, one a week or closer, come out right wherever the file ends.
RC_GTEST_PROP(LogClock, FollowsAFileThroughTheYears, ()) {
  auto utc = zone_named("UTC");
  auto time = Timestamp{std::chrono::seconds{*rc::gen::inRange<std::int64_t>(1'000'000'000, 2'000'000'000)}};
  const auto first = std::chrono::floor<std::chrono::days>(time);
  const int first_year = static_cast<int>(std::chrono::year_month_day{first}.year());
  LogClock clock(utc, {first_year, time + std::chrono::days{4000}});
  for (const auto hours : *rc::gen::container<std::vector<int>>(rc::gen::inRange(0, 24 * 250))) {
    const auto start = std::chrono::floor<std::chrono::days>(time);
    const std::chrono::year_month_day date{start};
    const Stamp stamp{0, static_cast<std::uint8_t>(static_cast<unsigned>(date.month())),
                      static_cast<std::uint8_t>(static_cast<unsigned>(date.day())), time - start,
                      std::nullopt};
    RC_ASSERT(clock.read(stamp) == time);
    time += std::chrono::hours{hours};
    if (time > Timestamp{first} + std::chrono::days{3900}) break;
  }
}

}  // namespace
}  // namespace postreeve
