// One process a state: a second `postreeve serve` would not know of the standings that the first one decides,
// a copy (state_copy.h) would miss them.
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

  // Notes that a `serve` begins to use the state. A disk that takes no note is no reason not to.
  void note_use() const;
  // Other words after every `serve` that used the state; empty before the first.
  [[nodiscard]] std::string latest_use() const;

 private:
  explicit StateLock(int descriptor) : descriptor_(descriptor) {}
  int descriptor_;
};

}  // namespace postreeve
