#include "app/moment.h"

#include <algorithm>
#include <exception>
#include <vector>

#include <date/tz.h>
#include <fmt/format.h>

#include "app/suggestion.h"
#include "app/units.h"
#include "base/ascii.h"

namespace postreeve {
namespace {

// A day of the calendar as yyyymmdd.
Timestamp first_moment_of(std::uint32_t day, const std::string& time_zone) {
  const date::year_month_day date{date::year{static_cast<int>(day / 10'000)}, date::month{day / 100 % 100},
                                  date::day{day % 100}};
  // A day may begin with a gap (daylight saving at midnight): then at the gap's end.
  const auto moment = date::locate_zone(time_zone)->to_sys(date::local_days{date}, date::choose::earliest);
  return std::chrono::floor<Duration>(moment);
}

}  // namespace

Result<Timestamp> parse_moment(std::string_view text, Timestamp now, const std::string& time_zone) {
  if (const auto moment = parse_rfc3339(text)) return *moment;
  if (const auto ago = parse_duration(text)) return now - *ago;
  if (const auto day = parse_date(text)) return first_moment_of(*day, time_zone);
  return fail(ErrorCode::kInvalidInput,
              fmt::format("'{}' is no time; write 2026-03-02, 2026-03-02T08:00:00Z or 30d (ago)", text));
}

bool time_zone_exists(std::string_view name) {
  try {
    return date::locate_zone(name) != nullptr;
  } catch (const std::exception&) {  // it throws for a name that is unknown or odd
    return false;
  }
}

std::string time_zone_hint(std::string_view name) {
  std::vector<std::string> names;
  std::vector<std::string> folded;
  try {
    const auto& zones = date::get_tzdb().zones;
    names.reserve(zones.size());
    for (const auto& zone : zones) names.push_back(zone.name());
  } catch (const std::exception&) {
    return "; the system has no time zone data, install tzdata";
  }
  folded.reserve(names.size());
  for (const std::string& known : names) folded.push_back(to_lower(known));
  const std::vector<std::string_view> known(folded.begin(), folded.end());
  const std::string_view nearest = nearest_word(name, known);
  if (nearest.empty()) return "; write a name like Europe/Berlin";
  return fmt::format("; did you mean '{}'?",
                     names[static_cast<std::size_t>(std::ranges::find(known, nearest) - known.begin())]);
}

}  // namespace postreeve
