#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <cmath>
#include <limits>
#include <type_traits>
#include <vector>

#include "sketch/decay.h"
#include "sketch/decaying_count.h"
#include "sketch/decaying_moments.h"

namespace postreeve {
namespace {

using std::chrono::hours;
using std::chrono::seconds;

constexpr double kInfinity = std::numeric_limits<double>::infinity();
constexpr double kNan = std::numeric_limits<double>::quiet_NaN();

static_assert(sizeof(DecayingCount) == 8 && std::is_trivially_copyable_v<DecayingCount>);
static_assert(sizeof(DecayingMoments) == 16 && std::is_trivially_copyable_v<DecayingMoments>);

struct Observation {
  std::uint32_t second;
  double value;
};

Timestamp at(std::uint32_t second) {
  return from_seconds32(1'750'000'000U + second);
}

// In no order of time, a day wide, values in (0, 10].
std::vector<Observation> any_observations() {
  std::vector<Observation> out;
  for (const auto& [second, value] : *rc::gen::container<std::vector<std::pair<int, int>>>(
           rc::gen::pair(rc::gen::inRange(0, 86'400), rc::gen::inRange(1, 1001)))) {
    out.push_back({static_cast<std::uint32_t>(second), value / 100.0});
  }
  return out;
}

double weight_of(const Observation& o, std::uint32_t now, Duration half_life) {
  return std::exp2(-static_cast<double>(now - o.second) * 1000.0 / static_cast<double>(half_life.count()));
}

TEST(Decay, HalvesAfterEachHalfLife) {
  EXPECT_DOUBLE_EQ(decay_factor(0, hours{1}), 1.0);
  EXPECT_DOUBLE_EQ(decay_factor(3600, hours{1}), 0.5);
  EXPECT_DOUBLE_EQ(decay_factor(7200, hours{1}), 0.25);
  EXPECT_DOUBLE_EQ(decay_factor(1, Duration{500}), 0.25);
}

TEST(Decay, ForgetsAtOnceWithoutAHalfLife) {
  EXPECT_EQ(decay_factor(0, Duration{0}), 1.0);
  EXPECT_EQ(decay_factor(1, Duration{0}), 0.0);
  EXPECT_EQ(decay_factor(1, Duration{-7}), 0.0);
}

TEST(Decay, ExposureIsTheIntegralOfTheFactor) {
  double sum = 0.0;
  for (std::uint32_t s = 0; s < 5000; ++s)
    sum += (decay_factor(s, hours{1}) + decay_factor(s + 1, hours{1})) / 2.0;
  EXPECT_NEAR(decayed_exposure(5000.0, hours{1}), sum, 1e-4);
  EXPECT_EQ(decayed_exposure(-1.0, hours{1}), 0.0);
  EXPECT_EQ(decayed_exposure(kNan, hours{1}), 0.0);
}

RC_GTEST_PROP(DecayingCount, IsTheSumOfAllDecayedAmountsInAnyOrder, ()) {
  const auto events = any_observations();
  const Duration half_life = seconds{*rc::gen::inRange(600, 200'000)};
  DecayingCount count;
  for (const auto& e : events) count.add(at(e.second), e.value, half_life);
  double expected = 0.0;
  for (const auto& e : events) expected += e.value * weight_of(e, 90'000, half_life);
  RC_ASSERT(std::abs(count.value(at(90'000), half_life) - expected) <= 1e-6 * (1.0 + expected) * 10.0);
}

RC_GTEST_PROP(DecayingCount, NeverMovesTimeBack, ()) {
  const auto events = any_observations();
  DecayingCount count;
  std::uint32_t latest = 0;
  for (const auto& e : events) {
    count.add(at(e.second), e.value, hours{6});
    latest = std::max(latest, e.second);
    RC_ASSERT(count.latest() == at(latest));
    RC_ASSERT(count.value(at(0), hours{6}) == count.value(at(latest), hours{6}));
  }
}

TEST(DecayingCount, GivesTheRateWithoutBiasWhileYoungAndOld) {
  for (const std::uint32_t age : {600U, 86'400U}) {
    DecayingCount count;
    for (std::uint32_t s = 0; s < age; ++s) count.add(at(s), 3.0, hours{2});
    EXPECT_NEAR(count.value(at(age), hours{2}) / decayed_exposure(age, hours{2}), 3.0, 0.01) << age;
  }
}

TEST(DecayingCount, IgnoresWhatIsNoAmountAndSaturates) {
  DecayingCount count;
  for (const double amount : {0.0, -1.0, -kInfinity, kNan}) count.add(at(5), amount, hours{1});
  EXPECT_EQ(count, DecayingCount{});
  count.add(at(5), kInfinity, hours{1});
  count.add(at(6), 1e300, hours{1});
  EXPECT_EQ(count.value(at(6), hours{1}), static_cast<double>(std::numeric_limits<float>::max()));
  EXPECT_LT(count.value(at(500'000'000), hours{1}), 1e-300);
}

TEST(DecayingCount, TakesAnyTime) {
  DecayingCount count;
  count.add(Timestamp::max(), 1.0, hours{1});
  count.add(Timestamp::min(), 1.0, hours{1});
  EXPECT_EQ(count.value(Timestamp::min(), hours{1}), 1.0);
  EXPECT_EQ(count.value(Timestamp::max(), Duration::min()), 1.0);
}

RC_GTEST_PROP(DecayingMoments, AreThoseOfTheWeightedSampleInAnyOrder, ()) {
  const auto events = any_observations();
  RC_PRE(!events.empty());
  const Duration half_life = seconds{*rc::gen::inRange(6'000, 200'000)};
  DecayingMoments moments;
  for (const auto& e : events) moments.add(at(e.second), e.value, half_life);
  double weight = 0.0;
  double mean = 0.0;
  double variance = 0.0;
  for (const auto& e : events) weight += weight_of(e, 90'000, half_life);
  for (const auto& e : events) mean += e.value * weight_of(e, 90'000, half_life) / weight;
  for (const auto& e : events) {
    variance += (e.value - mean) * (e.value - mean) * weight_of(e, 90'000, half_life) / weight;
  }
  RC_ASSERT(std::abs(moments.weight(at(90'000), half_life) - weight) <= 1e-5 * weight);
  RC_ASSERT(std::abs(moments.mean() - mean) <= 1e-4);
  RC_ASSERT(std::abs(moments.standard_deviation() - std::sqrt(variance)) <= 2e-3);
}

TEST(DecayingMoments, FollowAHabitThatChanges) {
  DecayingMoments moments;
  for (std::uint32_t day = 0; day < 100; ++day) moments.add(at(day * 86'400), 1.0, hours{24 * 7});
  for (std::uint32_t day = 100; day < 130; ++day) moments.add(at(day * 86'400), 5.0, hours{24 * 7});
  EXPECT_NEAR(moments.mean(), 5.0 - 4.0 * std::exp2(-30.0 / 7.0), 0.01);
}

TEST(DecayingMoments, DoNotLoseTheVarianceOfLargeValues) {
  DecayingMoments moments;
  for (std::uint32_t i = 0; i < 10'000; ++i) moments.add(at(i), i % 2 == 0 ? 9'999.0 : 10'001.0, hours{1});
  EXPECT_NEAR(moments.variance(), 1.0, 0.01);
}

TEST(DecayingMoments, IgnoreWhatIsNoNumberAndStayFinite) {
  DecayingMoments moments;
  for (const double x : {kInfinity, -kInfinity, kNan}) moments.add(at(5), x, hours{1});
  EXPECT_EQ(moments, DecayingMoments{});
  for (const double x : {1e300, -1e300, 1e300}) moments.add(at(5), x, hours{1});
  EXPECT_TRUE(std::isfinite(moments.mean()) && std::isfinite(moments.variance()));
  moments.add(Timestamp::max(), 2.0, Duration{0});
  EXPECT_EQ(moments.mean(), 2.0);
  moments.add(Timestamp::min(), 7.0, hours{1});
  EXPECT_EQ(moments.mean(), 2.0) << "an observation so late that it weighs nothing";
}

}  // namespace
}  // namespace postreeve
