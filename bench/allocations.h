// Counts what a benchmark allocates: operator new is replaced in programs that link it.
#pragma once

#include <cstdint>

namespace postreeve::bench {

// Calls of operator new by this thread so far.
[[nodiscard]] std::uint64_t allocations() noexcept;

}  // namespace postreeve::bench
