// Chance for the lab: small, fast, and the same on every machine.
//
// The standard's distributions differ between libraries, so that a seed would not
// mean the same traffic everywhere; these do not. Not for secrets.
#pragma once

#include <cmath>
#include <cstdint>
#include <span>

#include "base/keyed_hash.h"
#include "base/time.h"

namespace postreeve::lab {

class Random {
 public:
  explicit Random(std::uint64_t seed) : state_(mix64(seed)) {}

  std::uint64_t bits() { return mix64(state_ += 0x9e3779b97f4a7c15ULL); }
  // In [0, 1).
  double unit() { return static_cast<double>(bits() >> 11) * 0x1.0p-53; }
  double between(double low, double high) { return low + (high - low) * unit(); }
  // In [0, bound); 0 for a bound of 0.
  std::uint32_t below(std::uint64_t bound) {
    return bound == 0 ? 0 : static_cast<std::uint32_t>((bits() >> 32) * bound >> 32);
  }
  // In [low, high].
  std::uint32_t from_to(std::uint32_t low, std::uint32_t high) { return low + below(high - low + 1ULL); }
  bool chance(double probability) { return unit() < probability; }

  double normal();
  double lognormal(double median, double sigma) { return median * std::exp(sigma * normal()); }
  double exponential(double mean) { return -mean * std::log(1.0 - unit()); }
  double gamma(double shape, double scale);
  std::uint32_t poisson(double mean);
  // Mean and size k (variance = mean + mean^2 / k).
  std::uint32_t negative_binomial(double mean, double k) { return poisson(gamma(k, mean / k)); }
  // Heavily towards 0: how people choose among their contacts.
  std::uint32_t skewed_below(std::uint32_t bound, double power = 2.5);

  template <typename T>
  const T& pick(std::span<const T> items) {
    return items[below(items.size())];
  }

 private:
  std::uint64_t state_;
};

[[nodiscard]] inline Duration seconds(double count) {
  return Duration{static_cast<std::int64_t>(count * 1000.0)};
}
[[nodiscard]] inline Duration minutes(double count) {
  return seconds(count * 60);
}
[[nodiscard]] inline Duration hours(double count) {
  return seconds(count * 3600);
}
[[nodiscard]] inline Duration days(double count) {
  return seconds(count * 86400);
}

}  // namespace postreeve::lab
