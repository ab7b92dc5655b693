// Random numbers for generated worlds: the same on every machine for the same seed.
#pragma once

#include <cmath>
#include <cstdint>
#include <limits>
#include <numbers>

#include "base/keyed_hash.h"

namespace postreeve::bench {

// SplitMix64: tiny, so that a million accounts can have one each.
class Random {
 public:
  explicit Random(std::uint64_t seed) : state_(mix64(seed)) {}

  std::uint64_t next() {
    state_ += 0x9e3779b97f4a7c15ULL;
    return mix64(state_);
  }
  // Within [0, 1).
  double uniform() { return static_cast<double>(next() >> 11) * 0x1.0p-53; }
  // Within [0, n); requires n > 0.
  std::uint32_t below(std::uint32_t n) { return static_cast<std::uint32_t>(uniform() * n); }
  bool chance(double probability) { return uniform() < probability; }

  double normal() {
    const double radius = std::sqrt(-2 * std::log(1 - uniform()));
    return radius * std::cos(2 * std::numbers::pi * uniform());
  }
  double lognormal(double median, double sigma) { return median * std::exp(sigma * normal()); }
  double exponential(double mean) { return -mean * std::log(1 - uniform()); }

  // Gamma of `shape` below 1 (Ahrens and Dieter 1974, algorithm GS).
  double small_gamma(double shape, double scale) {
    const double b = 1 + shape / std::numbers::e;
    for (;;) {
      const double p = b * uniform();
      const double x = p <= 1 ? std::pow(p, 1 / shape) : -std::log((b - p) / shape);
      const double keep = p <= 1 ? std::exp(-x) : std::pow(x, shape - 1);
      if (uniform() < keep) return scale * x;
    }
  }
  // By counting exponential steps: for means up to a few hundred.
  std::uint32_t poisson(double mean) {
    std::uint32_t count = 0;
    for (double sum = exponential(1); sum < mean; sum += exponential(1)) ++count;
    return count;
  }

 private:
  std::uint64_t state_;
};

}  // namespace postreeve::bench
