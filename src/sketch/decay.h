// Exponential forgetting: what is left of a quantity after some time.
//
// A quantity that forgets with half-life h counts 2^(-age / h). Pure; any thread.
#pragma once

#include <cmath>
#include <cstdint>
#include <numbers>

#include "base/time.h"

namespace postreeve {

// Returns 2^(-age / half_life), within [0, 1]. With a half-life of zero or less
// everything is forgotten after the second in which it happened. About 10 ns.
[[nodiscard]] inline double decay_factor(std::uint32_t age_seconds, Duration half_life) noexcept {
  if (age_seconds == 0) return 1.0;
  if (half_life <= Duration::zero()) return 0.0;
  return std::exp2(-1000.0 * static_cast<double>(age_seconds) / static_cast<double>(half_life.count()));
}

// Returns the time, in seconds, that counts as observed when `age` seconds of
// watching are themselves forgotten with `half_life`: h / ln 2 * (1 - 2^(-age / h)).
// A decayed count divided by it estimates the rate a second without bias, also
// for a young record. Negative ages count as zero.
[[nodiscard]] inline double decayed_exposure(double age_seconds, Duration half_life) noexcept {
  if (!(age_seconds > 0.0) || half_life <= Duration::zero()) return 0.0;
  const double half_life_seconds = static_cast<double>(half_life.count()) / 1000.0;
  return half_life_seconds / std::numbers::ln2 *
         -std::expm1(-std::numbers::ln2 * age_seconds / half_life_seconds);
}

}  // namespace postreeve
