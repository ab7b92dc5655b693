#include "profile/recipient_memory.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <set>
#include <utility>
#include <vector>

#include "base/keyed_hash.h"

namespace postreeve {
namespace {

constexpr std::size_t kExact = 896;

// The i-th recipient of a series: well mixed, as keyed hashes are.
std::uint32_t recipient(std::uint64_t series, std::uint64_t i) {
  return static_cast<std::uint32_t>(mix64(mix64(series) + i));
}

RecipientMemory filled(std::uint64_t series, std::size_t count) {
  RecipientMemory memory;
  for (std::size_t i = 0; i < count; ++i) memory.add(recipient(series, i));
  return memory;
}

RC_GTEST_PROP(RecipientMemory, IsAnExactSetUpTo896, (std::uint64_t series)) {
  const auto count = *rc::gen::inRange<std::size_t>(0, kExact + 1);
  RecipientMemory memory;
  std::set<std::uint32_t> reference;
  for (std::size_t i = 0; reference.size() < count; ++i) {
    const std::uint32_t key = recipient(series, i - (i % 3 == 2 ? 1 : 0));  // every third one comes again
    RC_ASSERT(memory.contains(key) == reference.contains(key));
    RC_ASSERT(memory.add(key) == reference.insert(key).second);
  }
  RC_ASSERT(memory.size() == reference.size());
  for (const std::uint32_t key : reference) RC_ASSERT(memory.contains(key));
  for (std::size_t i = 0; i < 200; ++i) {
    const std::uint32_t other = recipient(~series, i);
    RC_ASSERT(memory.contains(other) == reference.contains(other));
  }
}

RC_GTEST_PROP(RecipientMemory, IsAnExactSetOfSmallNumbersToo, ()) {
  const auto keys = *rc::gen::container<std::vector<std::uint32_t>>(rc::gen::inRange<std::uint32_t>(1, 64));
  RecipientMemory memory;
  std::set<std::uint32_t> reference;
  for (const std::uint32_t key : keys) RC_ASSERT(memory.add(key) == reference.insert(key).second);
  for (std::uint32_t key = 1; key < 64; ++key) RC_ASSERT(memory.contains(key) == reference.contains(key));
}

TEST(RecipientMemory, HoldsNothingAtFirstAndTakesNoMemory) {
  const RecipientMemory memory;
  EXPECT_FALSE(memory.contains(0));
  EXPECT_FALSE(memory.contains(1));
  EXPECT_EQ(memory.size(), 0U);
  EXPECT_EQ(memory.heap_bytes(), 0U);
}

TEST(RecipientMemory, TakesTheHashZeroForAnother) {
  RecipientMemory memory;
  EXPECT_TRUE(memory.add(0));
  EXPECT_TRUE(memory.contains(0));
  EXPECT_FALSE(memory.add(0));
}

TEST(RecipientMemory, GrowsInClassesFrom64BytesTo16KiB) {
  const std::pair<std::size_t, std::size_t> rows[] = {
      {1, 64},     {16, 64},    {17, 72},    {18, 72},    {19, 80},      {32, 128},       {33, 144},
      {36, 144},   {37, 160},   {64, 256},   {65, 288},   {512, 2048},   {513, 2304},     {576, 2304},
      {577, 2560}, {832, 3328}, {833, 3584}, {896, 3584}, {897, 16'384}, {30'000, 16'384}};
  for (const auto& [count, bytes] : rows) EXPECT_EQ(filled(1, count).heap_bytes(), bytes) << count;
}

TEST(RecipientMemory, ForgetsNobodyWhenTheFiltersTakeOver) {
  const RecipientMemory memory = filled(2, kExact + 1);
  for (std::size_t i = 0; i <= kExact; ++i) ASSERT_TRUE(memory.contains(recipient(2, i))) << i;
}

TEST(RecipientMemory, RemembersTheLast10000Always) {
  RecipientMemory memory;
  for (std::size_t i = 0; i < 45'000; ++i) {
    memory.add(recipient(3, i));
    // The oldest that must be known, and some in between.
    for (const std::size_t back : {0U, 1U, 5'000U, 9'999U}) {
      if (i >= back) {
        ASSERT_TRUE(memory.contains(recipient(3, i - back))) << i << " " << back;
      }
    }
  }
}

TEST(RecipientMemory, ForgetsWhatIsTwoGenerationsOld) {
  const RecipientMemory memory = filled(4, 40'000);
  std::size_t known = 0;
  for (std::size_t i = 0; i < 10'000; ++i) known += memory.contains(recipient(4, i)) ? 1U : 0U;
  EXPECT_LT(known, 1'200U);
}

TEST(RecipientMemory, KeepsWhoIsWrittenToAgainAndAgain) {
  RecipientMemory memory;
  for (std::size_t i = 0; i < 60'000; ++i) {
    memory.add(recipient(5, i));
    if (i % 5'000 == 0) memory.add(77);
    ASSERT_TRUE(memory.contains(77)) << i;
  }
}

TEST(RecipientMemory, TakesFewerThanATenthOfStrangersForKnown) {
  RecipientMemory memory;
  for (std::size_t i = 0; i < 40'000; ++i) {
    memory.add(recipient(6, i));
    if (i % 2'500 != 2'499) continue;
    int wrong = 0;
    for (std::size_t j = 0; j < 4'000; ++j) wrong += memory.contains(recipient(7, j)) ? 1 : 0;
    EXPECT_LT(wrong, 400) << i;
  }
}

TEST(RecipientMemory, IsTheSameInWhateverOrderTheyCame) {
  RecipientMemory forth;
  RecipientMemory back;
  for (std::size_t i = 0; i < kExact; ++i) forth.add(recipient(10, i));
  for (std::size_t i = kExact; i-- > 0;) back.add(recipient(10, i));
  EXPECT_EQ(forth, back);
}

TEST(RecipientMemory, IsAValue) {
  for (const std::size_t count : {std::size_t{0}, std::size_t{10}, kExact, std::size_t{3'000}}) {
    const RecipientMemory memory = filled(8, count);
    RecipientMemory copy = memory;
    EXPECT_EQ(copy, memory);
    copy.add(recipient(9, 1));
    EXPECT_FALSE(copy == memory) << count;
    copy = memory;
    EXPECT_EQ(copy, memory);
    const RecipientMemory& self = copy;
    copy = self;
    EXPECT_EQ(copy, memory);
  }
}

}  // namespace
}  // namespace postreeve
