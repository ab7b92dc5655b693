#include "base/heap_array.h"

#include <gtest/gtest.h>

#include <memory>
#include <utility>

namespace postreeve {
namespace {

HeapArray<int> one_two_three() {
  HeapArray<int> array(3);
  for (int i = 0; i < 3; ++i) array[static_cast<std::size_t>(i)] = i + 1;
  return array;
}

TEST(HeapArray, TakesSixteenBytesAndNothingOnTheHeapWhenItIsEmpty) {
  static_assert(sizeof(HeapArray<int>) == 16);
  const HeapArray<int> empty;
  EXPECT_TRUE(empty.empty());
  EXPECT_EQ(empty.heap_bytes(), 0U);
  EXPECT_EQ(empty.begin(), empty.end());
}

TEST(HeapArray, BeginsWithZeros) {
  const HeapArray<int> array(4);
  for (const int value : array) EXPECT_EQ(value, 0);
  EXPECT_EQ(array.heap_bytes(), 4 * sizeof(int));
}

TEST(HeapArray, IsCopiedByValue) {
  const HeapArray<int> array = one_two_three();
  HeapArray<int> copy(array);
  EXPECT_EQ(copy, array);
  copy[0] = 7;
  EXPECT_EQ(array[0], 1);
  EXPECT_NE(copy, array);
  copy = array;
  EXPECT_EQ(copy, array);
}

TEST(HeapArray, IsEmptyAfterItWasMovedFrom) {
  HeapArray<int> array = one_two_three();
  const HeapArray<int> moved(std::move(array));
  EXPECT_EQ(moved, one_two_three());
  EXPECT_TRUE(array.empty());  // NOLINT(bugprone-use-after-move): what the class promises
}

TEST(HeapArray, AssignedToItselfStaysWhatItIs) {
  HeapArray<int> array = one_two_three();
  const HeapArray<int>& same = array;
  array = same;
  EXPECT_EQ(array, one_two_three());
}

}  // namespace
}  // namespace postreeve
