#include "sketch/gamma_poisson.h"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace postreeve {
namespace {

constexpr double kSmallest = 1e-6;
constexpr double kLargestShape = 1e9;  // bounds the steps of the continued fraction
constexpr double kLargest = 1e12;
constexpr double kSmallestExposure = 1e-9;

// Takes NaN for `low`.
double within(double value, double low, double high) {
  return value > low ? std::min(value, high) : low;
}

// A model and an exposure with everything in range.
struct Scene {
  double shape;
  double rate;
  double exposure;

  Scene(const GammaPoisson& model, double t)
      : shape(within(static_cast<double>(model.shape), kSmallest, kLargestShape)),
        rate(within(static_cast<double>(model.rate), kSmallest, kLargest)),
        exposure(within(t, kSmallestExposure, kLargest)) {}

  [[nodiscard]] double mean() const { return shape / rate * exposure; }
  [[nodiscard]] double fano() const { return 1.0 + exposure / rate; }
  // Of a negative binomial seen as coin tosses: one more event, or one more unit of shape.
  [[nodiscard]] double p_event() const { return exposure / (rate + exposure); }
  [[nodiscard]] double p_shape() const { return rate / (rate + exposure); }
};

// delta(z) = ln Gamma(z) - ((z - 1/2) ln z - z + ln(2 pi) / 2): the correction to
// Stirling's formula. Below 8 it goes up by Gamma(z + 1) = z Gamma(z); from there
// the first terms of the series err by less than 1e-13 (Abramowitz and Stegun 6.1.42).
// std::lgamma would do, but writes a global (signgam) and loses digits when
// differences of large values are taken.
double stirling_correction(double z) {
  double product = 1.0;
  double shifted = z;
  while (shifted < 8.0) product *= shifted++;
  const double inverse = 1.0 / shifted;
  const double square = inverse * inverse;
  const double series =
      inverse * (1.0 / 12 -
                 square * (1.0 / 360 -
                           square * (1.0 / 1260 -
                                     square * (1.0 / 1680 - square * (1.0 / 1188 - square * 691 / 360360)))));
  if (shifted == z) return series;
  return series + (shifted - 0.5) * std::log(shifted) - shifted - std::log(product) -
         (z - 0.5) * std::log(z) + z;
}

// actual * ln(expected / actual) + actual - expected, where excess is
// expected - actual known better than the difference of the two.
double deviance(double actual, double expected, double excess) {
  if (std::abs(excess) < 0.5 * actual) return actual * std::log1p(excess / actual) - excess;
  return actual * std::log(expected / actual) - excess;
}

// ln of x^a (1 - x)^b Gamma(a + b) / (Gamma(a) Gamma(b)) for a = n events and
// b = shape. Loader 2000 ("Fast and accurate computation of binomial
// probabilities"): what is large cancels on paper instead of in the machine.
double log_density(const Scene& s, double n) {
  const double total = n + s.shape;
  const double excess = (s.shape * s.exposure - n * s.rate) / (s.rate + s.exposure);
  return deviance(n, total * s.p_event(), excess) + deviance(s.shape, total * s.p_shape(), -excess) +
         0.5 * std::log(n / total * s.shape / (2.0 * std::numbers::pi)) + stirling_correction(total) -
         stirling_correction(n) - stirling_correction(s.shape);
}

// The continued fraction of the incomplete beta function (DLMF 8.17.22), by the
// forward recurrence, which needs no division that waits for another. Converges
// fast for x < (a + 1) / (a + b + 2), in O(sqrt(min(a, b))) steps at worst.
double beta_fraction(double a, double b, double x) {
  constexpr double kTolerance = 1e-10;
  constexpr double kHuge = 1e100;
  double p_before = 1.0;  // numerators and denominators of two convergents
  double q_before = 1.0;
  double p = 1.0;
  double q = 1.0 - (a + b) * x / (a + 1.0);
  for (double m = 1.0; m < 1e6; m += 1.0) {
    const double even = m * (b - m) * x / ((a + 2.0 * m - 1.0) * (a + 2.0 * m));
    const double odd = -(a + m) * (a + b + m) * x / ((a + 2.0 * m) * (a + 2.0 * m + 1.0));
    const double p_even = p + even * p_before;
    const double q_even = q + even * q_before;
    p_before = p_even;
    q_before = q_even;
    const double p_odd = p_even + odd * p;
    const double q_odd = q_even + odd * q;
    const bool settled = std::abs(p_odd * q - p * q_odd) <= kTolerance * std::abs(p * q_odd);
    p = p_odd;
    q = q_odd;
    if (settled) break;
    if (q != 0.0 && (std::abs(q) > kHuge || std::abs(q) < 1.0 / kHuge)) {  // only ratios matter
      const double scale = 1.0 / q;
      p *= scale, q = 1.0;
      p_before *= scale, q_before *= scale;
    }
  }
  return p / q;
}

double log_probability(const Scene& s, double n) {
  if (n == 0.0) return -s.shape * std::log1p(s.exposure / s.rate);
  return log_density(s, n) - std::log(n);
}

double log_upper_tail(const Scene& s, double n) {
  if (n == 0.0) return 0.0;
  const double density = log_density(s, n);
  // P(N >= n) = I_x(n, shape), x = p_event: the regularised incomplete beta function.
  // x < (n + 1) / (n + shape + 2), put so that nothing is lost when x is nearly 1:
  if (s.rate * (n + s.shape + 2.0) > (s.shape + 1.0) * (s.rate + s.exposure)) {
    return std::min(0.0, density + std::log(beta_fraction(n, s.shape, s.p_event()) / n));
  }
  const double lower_tail = std::exp(density) * beta_fraction(s.shape, n, s.p_shape()) / s.shape;
  return std::log1p(-std::min(lower_tail, 1.0 - 1e-16));
}

}  // namespace

double GammaPoisson::mean(double exposure) const noexcept {
  return Scene(*this, exposure).mean();
}

double GammaPoisson::fano(double exposure) const noexcept {
  return Scene(*this, exposure).fano();
}

GammaPoisson gamma_poisson_of(double mean_per_unit, double fano, double exposure) noexcept {
  const double t = within(exposure, kSmallestExposure, kLargest);
  const double rate = within(t / (within(fano, 1.001, kLargest) - 1.0), kSmallest, kLargest);
  const double shape = within(within(mean_per_unit, 0.0, kLargest) * rate, kSmallest, kLargestShape);
  return {static_cast<float>(shape), static_cast<float>(rate)};
}

GammaPoisson learned(const GammaPoisson& prior, double count, double exposure) noexcept {
  const Scene s(prior, 0.0);
  return {static_cast<float>(s.shape + within(count, 0.0, kLargestShape)),
          static_cast<float>(s.rate + within(exposure, 0.0, kLargest))};
}

GammaPoisson widened(const GammaPoisson& model, double fano, double exposure) noexcept {
  const Scene s(model, exposure);
  const double widest_rate = s.exposure / (within(fano, 1.0, kLargest) - 1.0);
  if (!(s.rate > widest_rate)) return model;
  return {static_cast<float>(s.shape * (widest_rate / s.rate)), static_cast<float>(widest_rate)};
}

double log_probability(const GammaPoisson& model, std::uint64_t n, double exposure) noexcept {
  return log_probability(Scene(model, exposure), static_cast<double>(n));
}

double log_upper_tail(const GammaPoisson& model, std::uint64_t n, double exposure) noexcept {
  return log_upper_tail(Scene(model, exposure), static_cast<double>(n));
}

double surprise(const GammaPoisson& model, std::uint64_t n, double exposure) noexcept {
  const Scene s(model, exposure);
  const auto count = static_cast<double>(n);
  return count <= s.mean() ? 0.0 : -log_upper_tail(s, count);
}

double log_bayes_factor(const GammaPoisson& attack, const GammaPoisson& owner, std::uint64_t n,
                        double exposure) noexcept {
  const auto count = static_cast<double>(n);
  return log_probability(Scene(attack, exposure), count) - log_probability(Scene(owner, exposure), count);
}

}  // namespace postreeve
