#include "sketch/gamma_poisson.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <type_traits>

namespace postreeve {
namespace {

static_assert(sizeof(GammaPoisson) == 8 && std::is_trivially_copyable_v<GammaPoisson>);

// Exact summation: ln P(N >= n) by adding probabilities one by one in 80 bits,
// from P(0) up for what is below n, or from P(n) up until nothing more comes.
struct Exact {
  long double log_probability = 0;
  long double log_upper_tail = 0;
};

Exact exact(const GammaPoisson& model, std::uint64_t n, double exposure) {
  const long double shape = static_cast<long double>(model.shape);
  const long double rate = static_cast<long double>(model.rate);
  const long double t = exposure;
  const long double q = t / (rate + t);
  long double log_p = -shape * std::log1p(t / rate);
  long double below = 0;
  for (std::uint64_t k = 0; k < n; ++k) {
    below += std::exp(log_p);
    log_p += std::log((static_cast<long double>(k) + shape) / (static_cast<long double>(k) + 1) * q);
  }
  if (n == 0) return {log_p, 0};
  if (below < 0.5L) return {log_p, std::log1p(-below)};
  long double sum = 1;
  long double term = 1;
  for (long double k = static_cast<long double>(n); term > 1e-19L * sum; ++k)
    sum += term *= (k + shape) / (k + 1) * q;
  return {log_p, log_p + std::log(sum)};
}

GammaPoisson any_model() {
  const double log_shape = *rc::gen::inRange(-300, 300) / 100.0;
  const double log_rate = *rc::gen::inRange(-100, 200) / 100.0;
  return {static_cast<float>(std::pow(10.0, log_shape)), static_cast<float>(std::pow(10.0, log_rate))};
}

// An exposure whose mean count is at most 300, so that exact() stays quick.
double any_exposure(const GammaPoisson& model) {
  const double mean = std::pow(10.0, *rc::gen::inRange(-300, 248) / 100.0);
  return std::clamp(mean * static_cast<double>(model.rate) / static_cast<double>(model.shape), 1e-3, 1e3);
}

RC_GTEST_PROP(GammaPoisson, AgreesWithExactSummation, ()) {
  const GammaPoisson model = any_model();
  const double exposure = any_exposure(model);
  const auto n = static_cast<std::uint64_t>(*rc::gen::inRange(0, 1000));
  const Exact reference = exact(model, n, exposure);
  const double tail = log_upper_tail(model, n, exposure);
  RC_ASSERT(std::abs(log_probability(model, n, exposure) - static_cast<double>(reference.log_probability)) <=
            1e-10 * (1.0 + std::abs(tail)));
  RC_ASSERT(std::abs(tail - static_cast<double>(reference.log_upper_tail)) <= 1e-7 * std::abs(tail) + 1e-17);
}

RC_GTEST_PROP(GammaPoisson, TailsFallByTheProbabilitiesBetweenThem, ()) {
  const GammaPoisson model = any_model();
  const double exposure = any_exposure(model);
  const auto n = static_cast<std::uint64_t>(*rc::gen::inRange(0, 1'000'000));
  const double here = log_upper_tail(model, n, exposure);
  const double next = log_upper_tail(model, n + 1, exposure);
  RC_ASSERT(next <= here);
  const double both = std::exp(next - here) + std::exp(log_probability(model, n, exposure) - here);
  RC_ASSERT(std::abs(both - 1.0) <= 1e-6);
}

TEST(GammaPoisson, IsRightForLargeCounts) {
  // References by summation with 40 digits (mpmath).
  EXPECT_NEAR(log_upper_tail({64029.2890625F, 0.51214611530303955F}, 169'568, 1.3556106965671217),
              -0.78651495189778959, 1e-8);
  EXPECT_NEAR(log_upper_tail({6334.3974609375F, 14.90463924407959F}, 80, 0.15120412361102947),
              -3.4212777905150672, 1e-8);
  EXPECT_NEAR(log_probability({771954.3125F, 1.043893575668335F}, 55'581'833, 74.659164495682148),
              -29.161386920654419, 1e-8);
}

TEST(GammaPoisson, IsFiniteForAnything) {
  constexpr double kInfinity = std::numeric_limits<double>::infinity();
  constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
  const double values[] = {kNan, -kInfinity, -1.0, 0.0, 1e-30, 1e-6, 1.0, 1e9, 1e30, kInfinity};
  const std::uint64_t counts[] = {0, 1, 2, 1000, 1'000'000'000'000ULL, ~0ULL};
  for (const double shape : values) {
    for (const double rate : values) {
      for (const double exposure : values) {
        const GammaPoisson model{static_cast<float>(shape), static_cast<float>(rate)};
        EXPECT_TRUE(std::isfinite(model.mean(exposure)) && model.fano(exposure) >= 1.0);
        for (const std::uint64_t n : counts) {
          const double p = log_probability(model, n, exposure);
          const double tail = log_upper_tail(model, n, exposure);
          EXPECT_TRUE(std::isfinite(p) && std::isfinite(tail) && tail <= 0.0 &&
                      surprise(model, n, exposure) >= 0.0)
              << shape << " " << rate << " " << exposure << " " << n << ": " << p << " " << tail;
        }
      }
    }
  }
}

RC_GTEST_PROP(GammaPoisson, LearnsInAnyOrderAndPortion, ()) {
  const GammaPoisson prior{2.0F, 8.0F};
  const int first = *rc::gen::inRange(0, 1000);
  const int second = *rc::gen::inRange(0, 1000);
  const auto twice = learned(learned(prior, first, 16.0), second, 4.0);
  RC_ASSERT(twice == learned(prior, first + second, 20.0));
  RC_ASSERT(twice.mean(1.0) == (2.0 + first + second) / 28.0);
}

TEST(GammaPoisson, IgnoresNegativeLessons) {
  EXPECT_EQ(learned({2.0F, 8.0F}, -5.0, -5.0), (GammaPoisson{2.0F, 8.0F}));
}

RC_GTEST_PROP(GammaPoisson, WidensToAFanoFactorAndKeepsTheMean, ()) {
  const GammaPoisson model = any_model();
  const double exposure = any_exposure(model);
  const GammaPoisson wide = widened(model, 2.3, exposure);
  RC_ASSERT(wide.fano(exposure) >= 2.3 * (1.0 - 1e-6));
  RC_ASSERT(std::abs(wide.mean(1.0) / model.mean(1.0) - 1.0) < 1e-5);
  RC_ASSERT(model.fano(exposure) < 2.3 || wide == model);
}

TEST(GammaPoisson, MakesPriorsFromMeanAndFanoFactor) {
  const GammaPoisson prior = gamma_poisson_of(0.5, 2.3, 24.0);
  EXPECT_NEAR(prior.mean(24.0), 12.0, 1e-4);
  EXPECT_NEAR(prior.fano(24.0), 2.3, 1e-6);
}

TEST(GammaPoisson, IsNotSurprisedBelowTheMean) {
  const GammaPoisson model = gamma_poisson_of(3.0, 2.3, 1.0);
  EXPECT_EQ(surprise(model, 0, 1.0), 0.0);
  EXPECT_EQ(surprise(model, 2, 1.0), 0.0);
  EXPECT_GT(surprise(model, 30, 1.0), 10.0);
  EXPECT_EQ(surprise(model, 30, 1.0), -log_upper_tail(model, 30, 1.0));
}

TEST(GammaPoisson, WeighsACountForAndAgainstTheOwner) {
  const GammaPoisson owner = widened(learned({1.0F, 24.0F}, 30.0, 240.0), 2.3, 24.0);
  const GammaPoisson attack{1.0F, 0.01F};  // a hundred an hour, very uncertain
  EXPECT_LT(log_bayes_factor(attack, owner, 0, 1.0), 0.0);
  EXPECT_GT(log_bayes_factor(attack, owner, 60, 1.0), 8.0);
  EXPECT_EQ(log_bayes_factor(owner, owner, 60, 1.0), 0.0);
}

}  // namespace
}  // namespace postreeve
