// Where in a followed file to begin again so that all lines from a given one on are seen.
#pragma once

#include <cstdint>
#include <deque>

#include "base/time.h"
#include "intake/line_mark.h"

namespace postreeve {

// Remembers some line beginnings, not all: the answer may lie before the line asked for, never behind it.
// Not thread-safe. At most kMost entries.
class RereadIndex {
 public:
  // All lines of the file from `at` on have this sequence or a later one. `bytes` counts what was read of
  // the file in all. Call in order.
  void note(std::uint64_t sequence, FilePosition at, std::uint64_t bytes, Timestamp now);

  // The latest place from which the line `sequence` and all behind it are read, no later than what was read
  // at `time`; no further back than `most_bytes`. Forgets what lies before the answer: ask in order.
  [[nodiscard]] FilePosition place_of(std::uint64_t sequence, Timestamp time, std::uint64_t most_bytes);

  static constexpr std::size_t kMost = 4096;

 private:
  struct Entry {
    std::uint64_t sequence = 0;
    FilePosition at;
    std::uint64_t bytes = 0;
    Timestamp time{};
  };

  void thin_out();

  std::deque<Entry> entries_;
  unsigned sparseness_ = 1;  // doubles whenever it is full
};

}  // namespace postreeve
