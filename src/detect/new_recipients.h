// The step of the novelty sum, shared by the detector that weighs it and by the judge
// that notes it.
#pragma once

#include "detect/scene.h"

namespace postreeve {

// ln P(new or known | thief) / P(new or known | this owner), at most kMostNoveltyStep.
// P(new | thief) = 0.95; P(new | owner) = (k' + 3) / (n + 4) of n recipients before the last day's,
// of which k were new, k' = k (1 + k/n) / 2.
[[nodiscard]] double novelty_step(const Scene& scene, bool is_new) noexcept;

inline constexpr double kMostNoveltyStep = 2.5;
// The sum never grows beyond, so that an honest week after an odd day clears it soon.
inline constexpr double kMostNovelty = 10.0;

}  // namespace postreeve
