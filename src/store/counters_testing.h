// What the tests of shared counters have in common.
#pragma once

#include <chrono>
#include <cstdint>

#include "base/keyed_hash.h"
#include "base/time.h"

namespace postreeve {

inline constexpr Timestamp kNow{std::chrono::sys_days{std::chrono::year{2026} / 6 / 1} +
                                std::chrono::hours{12}};

// Keys are hashes; this one's bits are mixed as theirs are.
inline std::uint64_t key(std::uint64_t i) {
  return mix64(i);
}

}  // namespace postreeve
