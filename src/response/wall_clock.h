// The time of day for what leaves this room: dates of mails, signatures, caps. Tests bring their own.
#pragma once

#include <chrono>
#include <functional>

#include "base/time.h"

namespace postreeve {

using WallClock = std::function<Timestamp()>;

[[nodiscard]] inline Timestamp wall_clock() {
  return std::chrono::floor<Duration>(std::chrono::system_clock::now());
}

}  // namespace postreeve
