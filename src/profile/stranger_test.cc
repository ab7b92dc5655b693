#include "profile/stranger.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <vector>

namespace postreeve {
namespace {

RC_GTEST_PROP(Stranger, KeepsTheLatest64LessonsInOrder, ()) {
  const auto count = *rc::gen::inRange<std::uint32_t>(0, 200);
  Stranger stranger;
  for (std::uint32_t i = 1; i <= count; ++i) keep(stranger, {.time = i});
  const std::size_t expected = std::min<std::size_t>(count, Stranger::kMostLessons);
  RC_ASSERT(stranger.lessons.size() == expected);
  for (std::size_t i = 0; i < expected; ++i) RC_ASSERT(stranger.lessons[i].time == count - expected + 1 + i);
}

RC_GTEST_PROP(Stranger, KnowsTheLatest64TransactionsByTheirKey, ()) {
  const auto count = *rc::gen::inRange<std::uint32_t>(0, 200);
  Stranger stranger;
  for (std::uint32_t key = 1; key <= count; ++key) stranger.note_transaction(key);
  for (std::uint32_t key = 1; key <= 200; ++key) {
    RC_ASSERT(stranger.has_transaction(key) == (key <= count && key + Stranger::kMostTransactions > count));
  }
}

TEST(Stranger, HasNoTransactionOfUnknownName) {
  Stranger stranger;
  EXPECT_FALSE(stranger.has_transaction(0));
  stranger.note_transaction(0);
  EXPECT_FALSE(stranger.has_transaction(0));
}

}  // namespace
}  // namespace postreeve
