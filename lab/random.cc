#include "lab/random.h"

#include <algorithm>
#include <numbers>

namespace postreeve::lab {

double Random::normal() {
  const double radius = std::sqrt(-2.0 * std::log(1.0 - unit()));
  return radius * std::cos(2.0 * std::numbers::pi * unit());
}

// Marsaglia and Tsang 2000; shapes below 1 by their boost.
double Random::gamma(double shape, double scale) {
  if (shape < 1.0) return gamma(shape + 1.0, scale) * std::pow(1.0 - unit(), 1.0 / shape);
  const double d = shape - 1.0 / 3.0;
  const double c = 1.0 / std::sqrt(9.0 * d);
  for (;;) {
    const double x = normal();
    const double v = std::pow(1.0 + c * x, 3.0);
    if (v <= 0) continue;
    if (std::log(1.0 - unit()) < 0.5 * x * x + d - d * v + d * std::log(v)) return d * v * scale;
  }
}

std::uint32_t Random::poisson(double mean) {
  if (mean <= 0) return 0;
  if (mean > 30) return static_cast<std::uint32_t>(std::max(0.0, mean + std::sqrt(mean) * normal() + 0.5));
  const double limit = std::exp(-mean);
  std::uint32_t count = 0;
  for (double product = unit(); product > limit; product *= unit()) ++count;
  return count;
}

std::uint32_t Random::skewed_below(std::uint32_t bound, double power) {
  return static_cast<std::uint32_t>(static_cast<double>(bound) * std::pow(unit(), power));
}

}  // namespace postreeve::lab
