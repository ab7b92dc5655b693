// The stamps at the beginning of log lines, in every spelling that mail servers and
// their loggers use. Pure; any thread; never allocates.
#pragma once

#include <optional>
#include <string_view>

#include "intake/log_line.h"

namespace postreeve {

// Each take_...() removes a stamp and the space behind it from the front of `line`, or
// leaves `line` as it is and returns nullopt. Impossible dates (Feb 30) are no stamps;
// Feb 29 without a year is one. Fractions beyond milliseconds are cut off.

// RFC 3164 and its relatives: "Nov 22 00:08:02", "Nov  2 00:08:02", "Nov 2 00:08:02",
// "Nov 22 2026 00:08:02", each perhaps with a fraction.
[[nodiscard]] std::optional<Stamp> take_bsd_stamp(std::string_view& line) noexcept;

// "2026-11-22T00:08:02.123+01:00", "...Z", "...+0100", "2026-11-22 00:08:02.123",
// "2026-11-22 00:08:02 +0100". Without an offset it is civil time.
[[nodiscard]] std::optional<Stamp> take_iso_stamp(std::string_view& line) noexcept;

// TAI64N of multilog: "@400000004c91b044077a9e94".
[[nodiscard]] std::optional<Stamp> take_tai_stamp(std::string_view& line) noexcept;

// Whichever of these the line begins with, behind a syslog priority ("<22>", "<22>1 ").
[[nodiscard]] std::optional<Stamp> find_stamp(std::string_view line) noexcept;

// Removes "<22>" from the front of `line`, if it is there.
void skip_priority(std::string_view& line) noexcept;

}  // namespace postreeve
