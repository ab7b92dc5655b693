// Numbers and times as people read them.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/time.h"

namespace postreeve {

// "1,234,567"
[[nodiscard]] std::string with_commas(std::uint64_t number);
// "1 message", "2,000 messages"
[[nodiscard]] std::string counted(std::uint64_t number, std::string_view one, std::string_view many);
// "2026-03-02 08:00:00", UTC
[[nodiscard]] std::string readable_time(Timestamp time);

}  // namespace postreeve
