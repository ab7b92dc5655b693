// The only place that asks what time it is.
#pragma once

#include <chrono>

#include "base/time.h"

namespace postreeve {

[[nodiscard]] inline Timestamp now() {
  return std::chrono::floor<Duration>(std::chrono::system_clock::now());
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
