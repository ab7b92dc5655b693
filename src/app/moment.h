// A moment as people type it on a command line, and the time zones they name.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "base/time.h"

namespace postreeve {

// "2026-03-02T08:00:00Z" (RFC 3339), "2026-03-02" (its first moment in the time zone) or "30d" (so long
// before `now`). kInvalidInput for anything else. Requires a time zone that exists.
[[nodiscard]] Result<Timestamp> parse_moment(std::string_view text, Timestamp now,
                                             const std::string& time_zone);

// Whether it is in the system's time zone data.
[[nodiscard]] bool time_zone_exists(std::string_view name);

// What somebody might have meant: "; did you mean 'Europe/Berlin'?".
[[nodiscard]] std::string time_zone_hint(std::string_view name);

}  // namespace postreeve
