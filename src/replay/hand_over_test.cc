#include "replay/hand_over.h"

#include <gtest/gtest.h>

#include <stdexcept>

namespace postreeve {
namespace {

Event numbered(int number) {
  Login login;
  login.time = Timestamp{Duration{number}};
  return login;
}

TEST(HandOver, KeepsTheOrderOfManyMoreEventsThanFitUnderWay) {
  std::vector<std::int64_t> seen;
  HandOver hand_over([&](Event&& event) { seen.push_back(time_of(event).time_since_epoch().count()); });
  constexpr int kEvents = 50'000;
  for (int i = 0; i < kEvents; ++i) hand_over.push(numbered(i));
  hand_over.finish();
  ASSERT_EQ(seen.size(), static_cast<std::size_t>(kEvents));
  for (int i = 0; i < kEvents; ++i) ASSERT_EQ(seen[static_cast<std::size_t>(i)], i);
}

TEST(HandOver, OfNothingFinishes) {
  int seen = 0;
  HandOver hand_over([&](Event&&) { ++seen; });
  hand_over.finish();
  EXPECT_EQ(seen, 0);
}

TEST(HandOver, TellsWhatTheConsumerThrewAndNeverHangs) {
  HandOver hand_over([](Event&& event) {
    if (time_of(event).time_since_epoch().count() == 700) throw std::runtime_error("disk full");
  });
  for (int i = 0; i < 50'000; ++i) hand_over.push(numbered(i));
  EXPECT_THROW(hand_over.finish(), std::runtime_error);
}

TEST(HandOver, CanBeGivenUpHalfWay) {
  HandOver hand_over([](Event&&) {});
  for (int i = 0; i < 5'000; ++i) hand_over.push(numbered(i));
}

}  // namespace
}  // namespace postreeve
