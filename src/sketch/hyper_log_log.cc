#include "sketch/hyper_log_log.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>

namespace postreeve {
namespace {

// Ertl 2017, algorithm 6, sigma: what empty registers say about small numbers.
// x + sum of x^(2^k) 2^(k-1); without bound at x = 1, when nothing was added.
double sigma(double x) {
  if (x >= 1.0) return std::numeric_limits<double>::infinity();
  double sum = x;
  double before = -1.0;
  for (double y = 1.0; sum != before; y += y) {
    x *= x;
    before = sum;
    sum += x * y;
  }
  return sum;
}

// Ertl 2017, algorithm 6, tau: what full registers say about huge numbers.
double tau(double x) {
  if (x <= 0.0 || x >= 1.0) return 0.0;
  double sum = 1.0 - x;
  double before = -1.0;
  for (double y = 0.5; sum != before; y *= 0.5) {
    x = std::sqrt(x);
    before = sum;
    sum -= (1.0 - x) * (1.0 - x) * y;
  }
  return sum / 3.0;
}

}  // namespace

double hyper_log_log_estimate(std::span<const std::uint32_t> registers_with, int precision) noexcept {
  const double m = std::ldexp(1.0, precision);
  const auto largest = static_cast<std::size_t>(65 - precision);
  double z = m * tau(1.0 - registers_with[largest] / m);
  for (std::size_t value = largest - 1; value > 0; --value) z = 0.5 * (z + registers_with[value]);
  z += m * sigma(registers_with[0] / m);
  // Ertl's constant is that of infinitely many registers; Flajolet's 1 + 1.079 / m
  // takes out the bias of few (7 % at 16).
  return std::min(m * m / (2.0 * std::numbers::ln2 * z * (1.0 + 1.079 / m)), 0x1p64);
}

}  // namespace postreeve
