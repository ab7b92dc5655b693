// Sleeping account: silence for a long time, then more than a trickle.
//
// From 60 days without a message, the sixth message within a day weighs 2 nats, and one
// more for each doubling, up to 5; the first mail after a year is free. But for
// strangers half of it.
//
// Limits: an account that never sent is no sleeper but a young one.
#include <algorithm>
#include <cmath>

#include "detect/detectors.h"

namespace postreeve {

std::optional<Evidence> weigh_sleeping_account(const Scene& scene) {
  if (scene.kind != StepKind::kMessage || scene.record.profile.last_sent == 0) return std::nullopt;
  constexpr double kTrickle = 5;
  constexpr double kMost = 5;
  // The first messages of the day are learned at once, so silence is not only that since the last one.
  const Duration silent = silence(scene.record.profile, scene.time);
  const auto today = static_cast<double>(scene.activity.messages_day.count(scene.time) + 1);
  if (silent < kLongSilence || today <= kTrickle) return std::nullopt;
  const double nats = std::min(kMost, 2.0 + std::log2(today / (kTrickle + 1)));
  return make_evidence(Reason::kAwakened, scene.side == Side::kStranger ? nats : nats / 2,
                       {static_cast<std::int64_t>(today), silent});
}

}  // namespace postreeve
