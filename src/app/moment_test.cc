#include "app/moment.h"

#include <gtest/gtest.h>

namespace postreeve {
namespace {

const Timestamp kNow = *parse_rfc3339("2026-03-31T12:00:00Z");

std::string moment(std::string_view text, const std::string& zone = "UTC") {
  const auto parsed = parse_moment(text, kNow, zone);
  return parsed ? format_rfc3339(*parsed) : "error";
}

TEST(Moment, IsATimeADayOrSoLongAgo) {
  EXPECT_EQ(moment("2026-03-02T08:00:00+01:00"), "2026-03-02T07:00:00.000Z");
  EXPECT_EQ(moment("2026-03-02"), "2026-03-02T00:00:00.000Z");
  EXPECT_EQ(moment("30d"), "2026-03-01T12:00:00.000Z");
  EXPECT_EQ(moment("1h30m"), "2026-03-31T10:30:00.000Z");
}

TEST(Moment, BeginsTheDayWhereTheLogsWereWritten) {
  EXPECT_EQ(moment("2026-03-02", "Asia/Tokyo"), "2026-03-01T15:00:00.000Z");
  // Midnight did not exist in Cairo on this day: clocks went from 23:59:59 to 01:00.
  EXPECT_EQ(moment("2026-04-24", "Africa/Cairo"), "2026-04-23T22:00:00.000Z");
}

TEST(Moment, IsNothingElse) {
  for (const char* text : {"", "yesterday", "2026-02-30", "30", "-3d", "02.03.2026"})
    EXPECT_EQ(moment(text), "error") << text;
}

TEST(TimeZone, IsOneOfTheSystem) {
  EXPECT_TRUE(time_zone_exists("Europe/Berlin"));
  EXPECT_FALSE(time_zone_exists("Europe/Nowhere"));
  EXPECT_FALSE(time_zone_exists(""));
  EXPECT_FALSE(time_zone_exists("../../etc/passwd"));
  EXPECT_EQ(time_zone_hint("europe/berln"), "; did you mean 'Europe/Berlin'?");
}

}  // namespace
}  // namespace postreeve
