// One `postreeve serve` a state: a second one would not know of the standings that the first one decides.
#pragma once

#include <string>

#include "base/result.h"

namespace postreeve {

// Held from take() until it is destroyed or the process ends, however it ends.
class StateLock {
 public:
  // `file` is made when it is not there, and stays. kUnavailable: another process holds it.
  [[nodiscard]] static Result<StateLock> take(const std::string& file);
  StateLock(StateLock&& other) noexcept;
  StateLock& operator=(StateLock&&) = delete;
  ~StateLock();

 private:
  explicit StateLock(int descriptor) : descriptor_(descriptor) {}
  int descriptor_;
};

}  // namespace postreeve
