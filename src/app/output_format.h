// How a reading command prints what it found.
#pragma once

#include <cstdint>

namespace postreeve {

enum class OutputFormat : std::uint8_t {
  kTable,
  kJson,
  kNdjson,  // an object a line
  kCsv,     // RFC 4180, a header line first
  kValues,  // the "value" of each row, a line each
};

}  // namespace postreeve
