// How people write amounts of time, rates, hours and dates in the configuration.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/time.h"

namespace postreeve {

// "90s", "10m", "2h", "30d", "1w", and sums of them ("1h30m"). Returns nullopt for anything else: no bare
// numbers, no fractions, nothing beyond 100 years.
[[nodiscard]] std::optional<Duration> parse_duration(std::string_view text);
// In the largest unit that divides it: "90m", "2h", "30d"; "0s" for nothing.
[[nodiscard]] std::string format_duration(Duration duration);

// At most `amount` within `window`.
struct Rate {
  std::uint32_t amount = 0;
  Duration window{};

  friend bool operator==(const Rate&, const Rate&) = default;
};
// "30/1h", "500/d". Nullopt for anything else, a window of nothing included.
[[nodiscard]] std::optional<Rate> parse_rate(std::string_view text);

// Minutes of the day, [from, to); over midnight when `to` is not behind `from`.
struct Hours {
  std::uint16_t from = 0;
  std::uint16_t to = 0;

  friend bool operator==(const Hours&, const Hours&) = default;
};
// "22:00-06:00"; "24:00" is the end of the day. Nullopt for anything else, also for hours that end
// when they begin.
[[nodiscard]] std::optional<Hours> parse_hours(std::string_view text);

// "2026-12-24" as 20261224. Nullopt for anything that is no day of the calendar.
[[nodiscard]] std::optional<std::uint32_t> parse_date(std::string_view text);

}  // namespace postreeve
