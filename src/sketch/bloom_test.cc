#include "sketch/bloom.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <cmath>
#include <tuple>
#include <vector>

namespace postreeve {
namespace {

RC_GTEST_PROP(Bloom, NeverDeniesWhatWasAdded, (const std::vector<std::uint64_t>& hashes)) {
  std::vector<std::byte> bytes(static_cast<std::size_t>(*rc::gen::inRange(1, 100)));
  const BloomView filter(bytes, *rc::gen::inRange(-1, 20));
  for (const std::uint64_t hash : hashes) {
    const bool known = filter.contains(hash);
    RC_ASSERT(filter.add(hash) == !known);
  }
  for (const std::uint64_t hash : hashes) RC_ASSERT(filter.contains(hash));
}

RC_GTEST_PROP(Bloom, DoesNotCareForOrderOrRepetition, (const std::vector<std::uint64_t>& hashes)) {
  std::vector<std::byte> forward(64);
  std::vector<std::byte> backward(64);
  for (const std::uint64_t hash : hashes) BloomView(forward, 4).add(hash);
  for (auto it = hashes.rbegin(); it != hashes.rend(); ++it) BloomView(backward, 4).add(*it);
  for (const std::uint64_t hash : hashes) BloomView(backward, 4).add(hash);
  RC_ASSERT(forward == backward);
}

TEST(Bloom, ErrsAsOftenAsTheFormulaSays) {
  for (const auto& [size, hashes, keys] :
       {std::tuple{64, 4, 80}, {256, 5, 300}, {4096, 7, 3400}, {1024, 1, 800}}) {
    int wrong = 0;
    int asked = 0;
    double expected = 0.0;
    std::uint64_t next = 1;
    for (int trial = 0; trial < 20; ++trial) {
      std::vector<std::byte> bytes(static_cast<std::size_t>(size));
      const BloomView filter(bytes, hashes);
      for (int i = 0; i < keys; ++i) filter.add(mix64(next++));
      for (int i = 0; i < 2000; ++i, ++asked) wrong += filter.contains(mix64(next++)) ? 1 : 0;
      expected += filter.false_positive_rate() / 20.0;
      EXPECT_NEAR(filter.estimate(), keys, 0.15 * keys);
    }
    const double rate = static_cast<double>(wrong) / asked;
    EXPECT_NEAR(rate, expected, 0.1 * expected + 1e-3) << size;
    EXPECT_NEAR(rate, expected_false_positive_rate(8.0 * size, hashes, keys), 0.15 * expected + 1e-3) << size;
  }
}

TEST(Bloom, MeasuresItsFill) {
  std::vector<std::byte> bytes(32);
  const BloomView filter(bytes, 1);
  EXPECT_EQ(filter.fill_ratio(), 0.0);
  EXPECT_EQ(filter.estimate(), 0.0);
  filter.add(1);
  EXPECT_DOUBLE_EQ(filter.fill_ratio(), 1.0 / 256.0);
  EXPECT_NEAR(filter.estimate(), 1.0, 0.01);
  std::fill(bytes.begin(), bytes.end(), std::byte{0xff});
  EXPECT_EQ(filter.false_positive_rate(), 1.0);
  EXPECT_NEAR(filter.estimate(), 256.0 * std::log(512.0), 1e-9) << "finite when full";
}

TEST(Bloom, HoldsNothingWithoutBytes) {
  const BloomView filter({}, 4);
  EXPECT_FALSE(filter.add(1));
  EXPECT_FALSE(filter.contains(1));
  EXPECT_EQ(filter.fill_ratio(), 0.0);
  EXPECT_EQ(filter.estimate(), 0.0);
}

TEST(Bloom, ReadsBytesItMayNotChange) {
  std::vector<std::byte> bytes(32);
  BloomView(bytes, 3).add(42);
  const std::vector<std::byte> stored = bytes;
  EXPECT_TRUE(ConstBloomView(stored, 3).contains(42));
  EXPECT_FALSE(ConstBloomView(stored, 3).contains(43));
}

}  // namespace
}  // namespace postreeve
