// Where a log line lies, for those who read live logs and must know where to go on after a crash.
#pragma once

#include <compare>
#include <cstdint>

namespace postreeve {

// The beginning of a line in a file that is rotated: each file that lay at the path has a number of its own,
// counted up from 1 in the order of their lines; 0 is before all of them.
struct FilePosition {
  std::uint32_t generation = 0;
  std::uint64_t offset = 0;  // bytes, decompressed

  friend auto operator<=>(const FilePosition&, const FilePosition&) = default;
};

struct LineMark {
  std::uint64_t sequence = 0;  // lines in the order in which they were given to the joiner, from 1
  std::uint32_t file = 0;      // which of the files that are followed
  FilePosition at;
};

}  // namespace postreeve
