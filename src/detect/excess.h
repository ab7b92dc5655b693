// How much more than ever before: the weight of a count beside an account's own peak.
//
// Daily counts of honest people are over-dispersed (Fano factor 2.3, 95th percentile
// 6.6), so a Poisson score accuses everybody once a month. A negative-binomial
// predictive (sketch/gamma_poisson.h) says how surprising the count is under the
// owner's rate; the account's own decayed peak says whether anything like it was seen.
// The weight is the smaller of both, so that neither a rare habit nor a steady rate
// of nothing accuses.
#pragma once

#include <cstdint>

#include "detect/scene.h"

namespace postreeve {

struct Excess {
  double count = 0;         // now, in the window
  double peak = 0;          // the most before, in a window of the same width
  double floor = 0;         // counts up to here never accuse: everybody has such an hour
  double mean_per_day = 0;  // the owner's rate on an active day
  double window_days = 0;
};

// The owner's mean on an active day before the last one: `total` decayed over `active_days`, of which
// `today` came within the last day.
[[nodiscard]] constexpr double mean_before_today(float total, std::uint32_t today,
                                                 float active_days) noexcept {
  const double before = static_cast<double>(total) - today;
  const double days = static_cast<double>(active_days) - 1;
  return before <= 0 ? 0 : before / (days > 1 ? days : 1);
}

// How much of the owner's `peak` excuses an event of the scene. At a usual place all of it. At a strange one
// what people do `by_hand`, wherever they are: who writes twenty letters an hour in the office does so on a
// trip; and of more than that a quarter, because a newsletter's issue comes from where all issues came from.
[[nodiscard]] double excusing_peak(const Scene& scene, double peak, double by_hand) noexcept;

// Nats, 0 when there is no excess: 1 just above the account's peak (or `floor`, or its average), 3
// more for each factor of e beyond, never more than the log Bayes factor against a thief's rate.
// Never less for a higher count.
[[nodiscard]] double weigh_excess(const Excess& excess) noexcept;

// The most that an unusual amount may weigh. Where the owner is at home or nothing is known of places:
// `at_usual_place`, of a new account 60 % of it. At a strange place: from `at_usual_place` for a new
// account up to the full 8 nats for one whose habits are settled.
[[nodiscard]] double most_at(const Scene& scene, double at_usual_place) noexcept;

}  // namespace postreeve
