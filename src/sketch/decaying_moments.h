// Weight, mean and variance of a quantity, older observations counting less.
//
// Each observation weighs 2^(-age / half_life); mean and variance are those of
// the weighted sample (variance divided by the weight: the population form).
// Updated after West 1979 ("Updating mean and variance estimates", CACM 22:9),
// which never subtracts large sums. The half-life is not stored: always give an
// object the same one.
//
// A value of 16 bytes: owns all it holds, no lock, any thread as any value.
// Total: late observations weigh what they would have in order and never move
// time back; what is not a finite number is ignored, and magnitudes are cut off
// at kLargestMoment.
//
// Limits: kept as float: mean and standard deviation are good to about 1e-5 of
// the largest magnitude seen. Meant for logarithms and the like, not for raw
// sizes that span ten powers of ten.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>

#include "base/time.h"
#include "sketch/decay.h"

namespace postreeve {

inline constexpr double kLargestMoment = 1e12;

class DecayingMoments {
 public:
  // Adds one observation at `time`. About 15 ns.
  void add(Timestamp time, double observation, Duration half_life) noexcept {
    if (!std::isfinite(observation)) return;
    const double x = std::clamp(observation, -kLargestMoment, kLargestMoment);
    const std::uint32_t now = to_seconds32(time);
    const bool late = now < seconds_;
    const double factor = decay_factor(late ? seconds_ - now : now - seconds_, half_life);
    const double old_weight = static_cast<double>(weight_) * (late ? 1.0 : factor);
    const double new_weight = late ? factor : 1.0;
    seconds_ = std::max(now, seconds_);
    blend(old_weight, new_weight, x);
  }

  // Returns the decayed number of observations at `time` (a time before the
  // latest observation counts as that one's).
  [[nodiscard]] double weight(Timestamp time, Duration half_life) const noexcept {
    const std::uint32_t now = std::max(to_seconds32(time), seconds_);
    return static_cast<double>(weight_) * decay_factor(now - seconds_, half_life);
  }

  // Weighted mean and variance; both 0 before the first observation. They do
  // not change with time alone.
  [[nodiscard]] double mean() const noexcept { return static_cast<double>(mean_); }
  [[nodiscard]] double variance() const noexcept { return static_cast<double>(variance_); }
  [[nodiscard]] double standard_deviation() const noexcept { return std::sqrt(variance()); }

  // Time of the latest observation, in whole seconds; the epoch when there was none.
  [[nodiscard]] Timestamp latest() const noexcept { return from_seconds32(seconds_); }

  friend bool operator==(const DecayingMoments&, const DecayingMoments&) = default;

 private:
  void blend(double old_weight, double new_weight, double x) noexcept {
    const double total = old_weight + new_weight;
    if (total < static_cast<double>(std::numeric_limits<float>::min()))
      return;  // so late that it weighs nothing
    const double delta = x - mean();
    const double mean_now = mean() + delta * new_weight / total;
    const double variance_now = (old_weight * variance() + new_weight * delta * (x - mean_now)) / total;
    weight_ = static_cast<float>(total);
    mean_ = static_cast<float>(mean_now);
    variance_ = static_cast<float>(std::max(variance_now, 0.0));
  }

  float weight_ = 0.0F;  // as of seconds_
  float mean_ = 0.0F;
  float variance_ = 0.0F;
  std::uint32_t seconds_ = 0;
};

}  // namespace postreeve
