// How a reading command prints what it found.
#pragma once

#include <cstdint>

namespace postreeve {

enum class OutputFormat : std::uint8_t { kTable, kJson };

}  // namespace postreeve
