#include "sketch/hyper_log_log.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <cmath>
#include <type_traits>
#include <vector>

#include "base/keyed_hash.h"

namespace postreeve {
namespace {

static_assert(sizeof(HyperLogLog<4>) == 12 && sizeof(HyperLogLog<12>) == 3072);
static_assert(std::is_trivially_copyable_v<HyperLogLog<6>>);

template <int kPrecision>
HyperLogLog<kPrecision> sketch_of(const std::vector<std::uint64_t>& hashes) {
  HyperLogLog<kPrecision> sketch;
  for (const std::uint64_t hash : hashes) sketch.add(hash);
  return sketch;
}

// Any hashes, many of them twice.
std::vector<std::uint64_t> any_hashes() {
  return *rc::gen::container<std::vector<std::uint64_t>>(rc::gen::oneOf(
      rc::gen::arbitrary<std::uint64_t>(),
      rc::gen::map(rc::gen::inRange(0, 40), [](int n) { return mix64(static_cast<std::uint64_t>(n)); })));
}

RC_GTEST_PROP(HyperLogLog, DoesNotCareForOrderOrRepetition, ()) {
  const auto hashes = any_hashes();
  auto again = hashes;
  again.insert(again.end(), hashes.rbegin(), hashes.rend());
  RC_ASSERT(sketch_of<5>(hashes) == sketch_of<5>(again));
}

RC_GTEST_PROP(HyperLogLog, MergesToTheSketchOfTheUnion, ()) {
  const auto left = any_hashes();
  const auto right = any_hashes();
  auto both = left;
  both.insert(both.end(), right.begin(), right.end());
  auto merged = sketch_of<6>(left);
  merged.merge(sketch_of<6>(right));
  RC_ASSERT(merged == sketch_of<6>(both));
}

RC_GTEST_PROP(HyperLogLog, SaysWhetherAnAdditionChangedIt, ()) {
  HyperLogLog<4> sketch;
  for (const std::uint64_t hash : any_hashes()) {
    const auto before = sketch;
    const double estimate = sketch.estimate();
    const bool changed = sketch.add(hash);
    RC_ASSERT(changed == (sketch != before));
    RC_ASSERT(!sketch.add(hash));
    RC_ASSERT(sketch.estimate() >= estimate);
  }
}

// Registers of a byte each, as in the paper: the packing must not show.
RC_GTEST_PROP(HyperLogLog, EstimatesAsUnpackedRegistersWould, ()) {
  const auto hashes = any_hashes();
  std::vector<int> registers(256, 0);
  for (const std::uint64_t hash : hashes) {
    int rank = 1;
    while (rank <= 56 && (hash >> (56 - rank) & 1U) == 0) ++rank;
    int& reg = registers[hash >> 56];
    reg = std::max(reg, rank);
  }
  std::vector<std::uint32_t> registers_with(58, 0);
  for (const int value : registers) ++registers_with[static_cast<std::size_t>(value)];
  RC_ASSERT(sketch_of<8>(hashes).estimate() == hyper_log_log_estimate(registers_with, 8));
}

struct Errors {
  double bias = 0.0;
  double typical = 0.0;  // root mean square
};

// Relative errors of the estimate over many sketches of n things each.
template <int kPrecision>
Errors errors(int n, int trials) {
  Errors out;
  std::uint64_t next = 1;
  for (int trial = 0; trial < trials; ++trial) {
    HyperLogLog<kPrecision> sketch;
    for (int i = 0; i < n; ++i) sketch.add(mix64(next++));
    const double error = sketch.estimate() / n - 1.0;
    out.bias += error / trials;
    out.typical += error * error / trials;
  }
  out.typical = std::sqrt(out.typical);
  return out;
}

TEST(HyperLogLog, ErrsNoMoreThanThePaperSays) {
  for (const int n : {1, 5, 20, 100, 1000}) {
    EXPECT_LT(errors<4>(n, 500).typical, 1.1 * 1.106 / 4.0) << n;
    EXPECT_LT(errors<6>(n, 500).typical, 1.1 * 1.04 / 8.0) << n;
    EXPECT_LT(errors<8>(n, 200).typical, 1.1 * 1.04 / 16.0) << n;
  }
  EXPECT_LT(errors<10>(20'000, 20).typical, 1.3 * 1.04 / 32.0);
}

TEST(HyperLogLog, IsHardlyBiased) {
  for (const int n : {1, 5, 20, 100, 1000}) {
    EXPECT_LT(std::abs(errors<4>(n, 500).bias), 0.05) << n;
    EXPECT_LT(std::abs(errors<6>(n, 500).bias), 0.02) << n;
  }
}

// Registers as they are on average after n things, each value with probability
// e^(-n / m / 2^v) - e^(-n / m / 2^(v - 1)).
TEST(HyperLogLog, IsRightFromOneThingToAllHashes) {
  constexpr double kM = 0x1p20;  // many registers, so that their numbers need little rounding
  constexpr int kLargest = 45;
  for (double n = 1024.0; n <= 0x1p64; n *= 4.0) {
    std::vector<std::uint32_t> registers_with(kLargest + 1);
    double before = 0.0;
    for (int value = 0; value <= kLargest; ++value) {
      const double up_to = value == kLargest ? 1.0 : std::exp(-n / kM * std::exp2(-value));
      registers_with[static_cast<std::size_t>(value)] =
          static_cast<std::uint32_t>(std::lround(kM * (up_to - before)));
      before = up_to;
    }
    EXPECT_NEAR(hyper_log_log_estimate(registers_with, 20) / n, 1.0, 1e-3) << n;
  }
}

TEST(HyperLogLog, IsFiniteWhenFull) {
  std::vector<std::uint32_t> registers_with(62, 0);
  registers_with.back() = 16;
  EXPECT_EQ(hyper_log_log_estimate(registers_with, 4), 0x1p64);
}

TEST(HyperLogLog, IsNearlyExactForFewThings) {
  HyperLogLog<8> sketch;
  EXPECT_EQ(sketch.estimate(), 0.0);
  sketch.add(mix64(1));
  EXPECT_NEAR(sketch.estimate(), 1.0, 0.01);
  sketch.add(mix64(2));
  sketch.add(mix64(3));
  EXPECT_NEAR(sketch.estimate(), 3.0, 0.05);
}

TEST(HyperLogLog, KeepsTheRarestHashesApart) {
  HyperLogLog<4> sketch;
  EXPECT_TRUE(sketch.add(1));
  EXPECT_TRUE(sketch.add(0)) << "no bit set ranks above the last bit set";
  EXPECT_FALSE(sketch.add(1));
}

}  // namespace
}  // namespace postreeve
