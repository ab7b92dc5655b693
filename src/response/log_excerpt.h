// The lines of a log that speak of an account or of its messages.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "base/result.h"

namespace postreeve {

struct ExcerptLimits {
  std::size_t most_read = 64UL * 1024 * 1024;  // bytes from the end of the file
  std::size_t most_kept = 4UL * 1024 * 1024;   // bytes of lines; the latest stay
};

// Lines in which one of `needles` stands as a whole word (neighbours are no letters, digits, '.', '-', '_',
// '@' or '+'); case of ASCII letters does not matter. kUnavailable: the file cannot be read.
[[nodiscard]] Result<std::string> excerpt_of(const std::string& file, const std::vector<std::string>& needles,
                                             const ExcerptLimits& limits = {});

}  // namespace postreeve
