// The one notion of time: an event's own time, in milliseconds since the Unix
// epoch, UTC. Pure rooms never ask a clock; they are told.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace postreeve {

using Duration = std::chrono::milliseconds;
using Timestamp = std::chrono::sys_time<Duration>;

// Seconds from `earlier` to `later` as a real number; negative when out of order.
[[nodiscard]] constexpr double seconds_between(Timestamp earlier, Timestamp later) noexcept {
  return static_cast<double>((later - earlier).count()) / 1000.0;
}

// Whole seconds since the epoch in 32 bits, clamped to [0, 2^32): the form in
// which records keep times (good until the year 2106).
[[nodiscard]] constexpr std::uint32_t to_seconds32(Timestamp time) noexcept {
  const auto seconds = std::chrono::floor<std::chrono::seconds>(time).time_since_epoch().count();
  if (seconds < 0) return 0;
  if (seconds > 0xffffffffLL) return 0xffffffffU;
  return static_cast<std::uint32_t>(seconds);
}

[[nodiscard]] constexpr Timestamp from_seconds32(std::uint32_t seconds) noexcept {
  return Timestamp{std::chrono::seconds{seconds}};
}

// Parses RFC 3339 ("2026-03-02T08:00:00.123Z", "2026-03-02 08:00:00+01:00"),
// fractions beyond milliseconds cut off. Returns nullopt for anything else,
// including impossible dates and years outside 1970..2105.
[[nodiscard]] std::optional<Timestamp> parse_rfc3339(std::string_view text) noexcept;

// Formats as RFC 3339 in UTC with milliseconds: "2026-03-02T08:00:00.123Z".
[[nodiscard]] std::string format_rfc3339(Timestamp time);

}  // namespace postreeve
