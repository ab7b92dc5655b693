// A count that forgets: the sum of all amounts, each halved every half-life.
//
//   value(t) = sum over events of amount * 2^(-(t - event time) / half_life)
//
// Under a steady rate r a second it settles at r * half_life / ln 2; divide by
// decayed_exposure (decay.h) for the rate. The half-life is not stored: always
// give a count the same one.
//
// A value of 8 bytes: owns all it holds, no lock, any thread as any value.
// Total: late events count as much as they would have in order, and never move
// time back; amounts that are not positive (or not numbers) are ignored.
//
// Limits: times are whole seconds, so an amount is off by at most the decay of
// one second. Kept as float: after n amounts the relative error is at most
// n * 2^-24, and amounts below 2^-24 of the value are lost (it stalls near
// 16.7 million ones). Saturates at the largest float.
#pragma once

#include <algorithm>
#include <cstdint>
#include <limits>

#include "base/time.h"
#include "sketch/decay.h"

namespace postreeve {

class DecayingCount {
 public:
  // Adds `amount` at `time`. About 15 ns.
  void add(Timestamp time, double amount, Duration half_life) noexcept {
    if (!(amount > 0.0)) return;
    const std::uint32_t now = to_seconds32(time);
    if (now >= seconds_) {
      set(static_cast<double>(value_) * decay_factor(now - seconds_, half_life) + amount);
      seconds_ = now;
    } else {
      set(static_cast<double>(value_) + amount * decay_factor(seconds_ - now, half_life));
    }
  }

  // Returns what is left at `time`; a time before the latest event counts as
  // the latest event's.
  [[nodiscard]] double value(Timestamp time, Duration half_life) const noexcept {
    const std::uint32_t now = std::max(to_seconds32(time), seconds_);
    return static_cast<double>(value_) * decay_factor(now - seconds_, half_life);
  }

  // Time of the latest event, in whole seconds; the epoch when there was none.
  [[nodiscard]] Timestamp latest() const noexcept { return from_seconds32(seconds_); }

  friend bool operator==(const DecayingCount&, const DecayingCount&) = default;

  // What is kept on a disk (base/field_archive.h).
  template <typename Self, typename Archive>
  static void fields(Self& self, Archive& archive) {
    auto& [value, seconds] = self;
    archive(value, seconds);
  }

 private:
  void set(double value) noexcept {
    value_ = static_cast<float>(std::min(value, static_cast<double>(std::numeric_limits<float>::max())));
  }

  float value_ = 0.0F;  // as of seconds_
  std::uint32_t seconds_ = 0;
};

}  // namespace postreeve
