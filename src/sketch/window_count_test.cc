#include "sketch/window_count.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <type_traits>
#include <vector>

namespace postreeve {
namespace {

using Hour = WindowCount<3600>;
static_assert(sizeof(Hour) == 16 && std::is_trivially_copyable_v<Hour>);

Timestamp at(std::uint32_t second) {
  return from_seconds32(second);
}

// Times of a few windows, in any order.
std::vector<std::uint32_t> any_times(std::uint32_t start) {
  std::vector<std::uint32_t> times;
  for (const int t : *rc::gen::container<std::vector<int>>(rc::gen::inRange(0, 4 * 3600))) {
    times.push_back(start + static_cast<std::uint32_t>(t));
  }
  return times;
}

struct Bounds {
  std::uint32_t least = 0;
  std::uint32_t most = 0;
};

// Of events that arrive in order: those surely inside, and those perhaps.
Bounds bounds(const std::vector<std::uint32_t>& times, std::uint32_t now) {
  Bounds b;
  for (const std::uint32_t t : times) {
    if (now - t <= 3600 - Hour::kBucketSeconds) ++b.least;
    if (now - t < 3600) ++b.most;
  }
  return b;
}

RC_GTEST_PROP(WindowCount, IsExactUpToOneBucketForEventsInOrder, ()) {
  auto times = any_times(*rc::gen::element(0U, 1'750'000'123U));
  std::sort(times.begin(), times.end());
  Hour window;
  for (std::size_t i = 0; i < times.size(); ++i) {
    window.add(at(times[i]));
    const Bounds b = bounds({times.begin(), times.begin() + static_cast<std::ptrdiff_t>(i) + 1}, times[i]);
    RC_ASSERT(window.count(at(times[i])) >= b.least);
    RC_ASSERT(window.count(at(times[i])) <= b.most);
  }
}

RC_GTEST_PROP(WindowCount, CountsTheBucketsOfTheWindowInAnyOrder, ()) {
  const auto times = any_times(1'750'000'000U);
  Hour window;
  std::uint32_t newest = 0;
  std::vector<std::uint32_t> kept;  // bucket numbers that were in the window when they came
  for (const std::uint32_t t : times) {
    const std::uint32_t bucket = t / Hour::kBucketSeconds;
    newest = std::max(newest, bucket);
    if (newest - bucket < 6) kept.push_back(bucket);
    window.add(at(t));
  }
  const std::uint32_t ask = 1'750'000'000U + static_cast<std::uint32_t>(*rc::gen::inRange(0, 5 * 3600));
  const std::uint32_t now = std::max(newest, ask / Hour::kBucketSeconds);
  const auto expected = std::count_if(kept.begin(), kept.end(), [&](std::uint32_t b) { return now - b < 6; });
  RC_ASSERT(window.count(at(ask)) == static_cast<std::uint32_t>(expected));
}

TEST(WindowCount, CountsLateEventsWithoutMovingTimeBack) {
  Hour window;
  window.add(at(100'000));
  window.add(at(99'000));  // late, inside
  window.add(at(10));      // late, long gone
  EXPECT_EQ(window.count(at(100'000)), 2U);
  EXPECT_EQ(window.count(at(0)), 2U) << "an earlier time counts as the newest bucket's";
}

TEST(WindowCount, ForgetsAfterItsWidth) {
  Hour window;
  window.add(at(6000), 3);
  EXPECT_EQ(window.count(at(6000 + 3000)), 3U);
  EXPECT_EQ(window.count(at(6000 + 3600)), 0U);
  window.add(at(6000 + 360'000));
  EXPECT_EQ(window.count(at(6000 + 360'000)), 1U);
}

TEST(WindowCount, SaturatesABucketInsteadOfOverflowing) {
  Hour window;
  window.add(at(5), 65'000);
  window.add(at(5), 4'000'000'000U);
  window.add(at(5));
  EXPECT_EQ(window.count(at(5)), 65'535U);
  window.add(at(605), 7);
  EXPECT_EQ(window.count(at(605)), 65'542U);
}

TEST(WindowCount, TakesAnyTime) {
  Hour window;
  window.add(Timestamp::max(), 2);
  window.add(Timestamp::min(), 2);
  EXPECT_EQ(window.count(Timestamp::max()), 2U);
  WindowCount<10, 1> one;
  one.add(at(9));
  EXPECT_EQ(one.count(at(9)), 1U);
  EXPECT_EQ(one.count(at(10)), 0U);
}

}  // namespace
}  // namespace postreeve
