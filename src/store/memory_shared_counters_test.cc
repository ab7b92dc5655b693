#include "store/memory_shared_counters.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <thread>
#include <vector>

#include "store/counters_testing.h"

namespace postreeve {
namespace {

using namespace std::chrono_literals;

struct CounterUse {
  Timestamp time;
  std::uint32_t amount;
};

// All that is younger than the window less a slot is counted, nothing that is older than the window.
RC_GTEST_PROP(LimitCounters, AreExactWithinAnEighthOfTheWindow, ()) {
  const Duration window = std::chrono::seconds{*rc::gen::inRange(8, 100'000)};
  const Duration slot = window / 8;
  MemorySharedCounters counters;
  std::vector<CounterUse> uses;
  Timestamp now = kNow;
  for (int i = *rc::gen::inRange(0, 60); i > 0; --i) {
    now += Duration{*rc::gen::inRange<std::int64_t>(0, window.count() / 4)};
    const auto amount = *rc::gen::inRange<std::uint32_t>(0, 10);
    counters.use(key(1), window, now, amount);
    uses.push_back({now, amount});
    std::uint32_t least = 0;
    std::uint32_t most = 0;
    for (const CounterUse& use : uses) {
      if (now - use.time <= window - slot) least += use.amount;
      if (now - use.time < window) most += use.amount;
    }
    const std::uint32_t used = counters.used(key(1), window, now);
    RC_ASSERT(used >= least);
    RC_ASSERT(used <= most);
  }
}

// In slots aligned to the epoch the count is exact: that of this slot and the seven before.
RC_GTEST_PROP(LimitCounters, AreExactInSlots, ()) {
  MemorySharedCounters counters;
  std::vector<std::int64_t> slots;
  for (int i = *rc::gen::inRange(1, 40); i > 0; --i) {
    const auto slot = *rc::gen::inRange<std::int64_t>(0, 30);  // in any order
    counters.use(key(1), 8h, kNow + slot * 1h, 1);
    slots.push_back(slot);
  }
  const std::int64_t newest = *std::ranges::max_element(slots);
  const std::int64_t asked = newest + *rc::gen::inRange<std::int64_t>(0, 12);
  // What came when its slot was already gone is lost.
  std::uint32_t expected = 0;
  std::int64_t latest = 0;
  for (const std::int64_t slot : slots) {
    latest = std::max(latest, slot);
    if (latest - slot < 8 && asked - slot < 8) ++expected;
  }
  RC_ASSERT(counters.used(key(1), 8h, kNow + asked * 1h) == expected);
}

constexpr std::size_t kShards = 16;

std::size_t remembered(const MemorySharedCounters& counters, std::uint64_t from, std::uint64_t to,
                       Timestamp at) {
  std::size_t count = 0;
  for (std::uint64_t i = from; i < to; ++i) count += counters.used(key(i), 24h, at);
  return count;
}

TEST(MemorySharedCounters, NeverKeepMoreThanTheyMay) {
  MemorySharedCounters counters(1'600);
  for (std::uint64_t i = 1; i <= 20'000; ++i) {
    counters.use(key(i), 24h, kNow + std::chrono::seconds{i / 10}, 1);
  }
  EXPECT_LE(remembered(counters, 1, 20'001, kNow + 2000s), 1'600U);
}

TEST(MemorySharedCounters, ForgetWhatWasSeenLongestAgo) {
  MemorySharedCounters counters(1'600);
  for (std::uint64_t i = 1; i <= 20'000; ++i) {
    counters.use(key(i), 24h, kNow + std::chrono::seconds{i}, 1);
  }
  // Of 100 places a shard at least the latest 40 are surely kept, give or take the spread over shards.
  EXPECT_EQ(remembered(counters, 20'000 - 400, 20'001, kNow + 20'000s), 401U);
  EXPECT_EQ(remembered(counters, 1, 10'000, kNow + 20'000s), 0U);
}

TEST(MemorySharedCounters, ForgetOnlyHalfWhenAllCameInTheSameSecond) {
  constexpr std::size_t kPlaces = 10;  // a shard
  MemorySharedCounters counters(kPlaces * kShards);
  for (std::uint64_t i = 1; i <= 2'000; ++i) {
    counters.use(key(i), 24h, kNow, 1);
    if (i < 600 || i % 20 != 0) continue;  // by then every shard was full once
    ASSERT_GE(remembered(counters, 1, i + 1, kNow), kShards * kPlaces / 2) << i;
  }
}

TEST(MemorySharedCounters, KeepCountingUnderThreads) {
  constexpr std::uint32_t kThreads = 4;
  constexpr std::uint32_t kTimes = 1'500;
  MemorySharedCounters counters;
  std::vector<std::thread> threads;
  for (std::uint32_t t = 0; t < kThreads; ++t) {
    threads.emplace_back([&, t] {
      for (std::uint32_t i = 0; i < kTimes; ++i) {
        counters.use(key(i % 3), 24h, kNow, 1);
        counters.add_login(key(i % 5), key(t), i % 2 == 0, kNow);
        counters.add_delivery(key(i % 7), i % 2 == 0, kNow);
        if (i % 100 == 0) counters.add_restriction(kNow);
        (void)counters.used(key(1), 24h, kNow);
        (void)counters.restrictions(kNow);
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  for (std::uint64_t i = 0; i < 3; ++i) EXPECT_EQ(counters.used(key(i), 24h, kNow), kThreads * kTimes / 3);
  EXPECT_EQ(counters.restrictions(kNow), kThreads * kTimes / 100);
  double failures = 0;
  for (std::uint64_t i = 0; i < 5; ++i)
    failures += static_cast<double>(counters.add_login(key(i), 1, true, kNow).failures);
  EXPECT_NEAR(failures, kThreads * kTimes / 2, 1e-3);
}

}  // namespace
}  // namespace postreeve
