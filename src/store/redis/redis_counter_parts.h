// How shared counters on Redis cut time into parts, and how long they are kept.
#pragma once

#include <chrono>
#include <cstdint>

#include "store/trait_entry.h"

namespace postreeve {

inline constexpr std::uint64_t kLimitParts = 8;  // of a limit's window; kept for two windows
inline constexpr std::uint32_t kTenMinutesSeconds = 600;
inline constexpr std::chrono::hours kTenMinutesMemory{2};  // of answers and restrictions
inline constexpr std::chrono::days kNetworkMemory{4};
inline constexpr std::chrono::seconds kTraitMemory{kTraitMemorySeconds};  // of accusations too

}  // namespace postreeve
