// How surprising is a count? The Gamma-Poisson model (negative binomial).
//
// An account's rate is uncertain: Gamma(shape, rate), mean shape / rate events a
// unit of exposure. A count N in exposure t is then negative binomial with
//
//   mean = shape / rate * t        variance / mean = 1 + t / rate
//
// "Exposure" is time in whatever unit the caller chose for `rate`, for example
// average hours. Learning is conjugate: counts
// add to the shape, exposure to the rate.
//
// Overdispersion: with much learning t / rate tends to 0 and the model to a
// Poisson, which honest people are not: their daily counts have a Fano factor
// (variance / mean) of 2.3. So pass what was learned through `widened` before
// asking how surprising a count is.
//
// Limits: floats keep shape and rate, so counts stop adding up at 16.7 million;
// use decayed counts.
//
// Values and free functions: pure, any thread, no allocation. Total: shape is
// taken within [1e-6, 1e9], rate within [1e-6, 1e12], exposure within
// [1e-9, 1e12]; results are always finite.
#pragma once

#include <cstdint>

namespace postreeve {

struct GammaPoisson {
  float shape = 1.0F;
  float rate = 1.0F;

  // Mean count in `exposure`.
  [[nodiscard]] double mean(double exposure) const noexcept;
  // Variance / mean of a count in `exposure`: at least 1.
  [[nodiscard]] double fano(double exposure) const noexcept;

  friend bool operator==(const GammaPoisson&, const GammaPoisson&) = default;
};

// The model whose counts have this mean in one unit of exposure, and this
// variance / mean (taken as at least 1.001) in `exposure`: to write down priors.
[[nodiscard]] GammaPoisson gamma_poisson_of(double mean_per_unit, double fano, double exposure) noexcept;

// What `prior` becomes after `count` events in `exposure` (both may be decayed
// sums; negative ones count as none).
[[nodiscard]] GammaPoisson learned(const GammaPoisson& prior, double count, double exposure) noexcept;

// The same mean, but variance / mean in `exposure` at least `fano`.
[[nodiscard]] GammaPoisson widened(const GammaPoisson& model, double fano, double exposure) noexcept;

// Returns ln P(N = n) in nats. Error below 1e-12, absolute or relative, whichever
// is more. 30 to 80 ns.
[[nodiscard]] double log_probability(const GammaPoisson& model, std::uint64_t n, double exposure) noexcept;

// Returns ln P(N >= n) in nats, at most 0; 0 for n = 0. By the continued fraction
// of the regularised incomplete beta function; relative error below 1e-8. 50 to
// 110 ns; within a standard deviation of the mean O(sqrt(min(n, shape))): 0.25 us
// at 1,000, 1 us at 100,000.
[[nodiscard]] double log_upper_tail(const GammaPoisson& model, std::uint64_t n, double exposure) noexcept;

// Returns -ln P(N >= n) for n above the mean and 0 up to it: how surprising so
// many are, in nats. Costs 2 ns in the usual case that they are not many.
[[nodiscard]] double surprise(const GammaPoisson& model, std::uint64_t n, double exposure) noexcept;

// Returns ln P(N = n | attack) - ln P(N = n | owner): evidence in nats, not
// capped, negative for counts that speak for the owner.
[[nodiscard]] double log_bayes_factor(const GammaPoisson& attack, const GammaPoisson& owner, std::uint64_t n,
                                      double exposure) noexcept;

}  // namespace postreeve
