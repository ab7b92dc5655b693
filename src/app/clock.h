// The only place that asks what time it is.
#pragma once

#include <chrono>

#include "base/time.h"

namespace postreeve {

[[nodiscard]] inline Timestamp now() {
  return std::chrono::floor<Duration>(std::chrono::system_clock::now());
}

// A clock that never goes back, for measuring.
[[nodiscard]] inline Duration monotonic_now() {
  return std::chrono::floor<Duration>(std::chrono::steady_clock::now().time_since_epoch());
}

// Measures how long something takes.
class Stopwatch {
 public:
  [[nodiscard]] double seconds() const {
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - start_).count();
  }

 private:
  std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
};

}  // namespace postreeve
