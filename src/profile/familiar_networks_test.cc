#include "profile/familiar_networks.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <map>
#include <utility>
#include <vector>

namespace postreeve {
namespace {

TEST(FamiliarNetworks, HoldNothingAtFirstAndTakeNoMemory) {
  const FamiliarNetworks networks;
  EXPECT_EQ(networks.size(), 0U);
  EXPECT_EQ(networks.heap_bytes(), 0U);
  EXPECT_EQ(networks.find(1), nullptr);
}

TEST(FamiliarNetworks, TakeTheRoomOfTheirHabitsAndNoMoreUpToThirtyTwo) {
  FamiliarNetworks networks;
  for (std::uint32_t key = 1; key <= 9; ++key) {
    networks.note(key, 1, Use::kRead);
    EXPECT_EQ(networks.heap_bytes(), key * sizeof(Habit)) << key;
  }
  for (std::uint32_t key = 10; key <= 500; ++key) networks.note(key, 1, Use::kRead);
  EXPECT_EQ(networks.size(), FamiliarNetworks::kMostPlaces);
  EXPECT_EQ(networks.heap_bytes(), FamiliarNetworks::kMostPlaces * sizeof(Habit));
}

TEST(FamiliarNetworks, IgnoreTheKeyZero) {
  FamiliarNetworks networks;
  EXPECT_FALSE(networks.note(0, 1, Use::kSend));
  EXPECT_EQ(networks.size(), 0U);
}

TEST(FamiliarNetworks, MakeNoMoreRoomWhileOneWasOnlyPassedThroughWeeksAgo) {
  FamiliarNetworks networks;
  for (std::uint16_t day = 1; day <= 2; ++day) networks.note(1, day, Use::kSend);
  for (std::uint32_t hotel = 2; hotel <= 4; ++hotel) networks.note(hotel, 3, Use::kSend);
  for (std::uint32_t fresh = 20; fresh <= 22; ++fresh) EXPECT_TRUE(networks.note(fresh, 60, Use::kSend));
  EXPECT_EQ(networks.size(), 4U);  // three hotels gave way
  networks.note(23, 61, Use::kSend);
  EXPECT_EQ(networks.size(), 5U);  // all others were of this week
  EXPECT_NE(networks.find(1), nullptr);
}

// Another node reads the record back from Redis before each use; both must give up the same networks.
RC_GTEST_PROP(FamiliarNetworks, AreTheSameWhetherKeptOrReadBackBetweenUses, ()) {
  FamiliarNetworks kept;
  FamiliarNetworks read_back;
  std::uint16_t day = 1;
  for (int use = 0; use < 60; ++use) {
    day = static_cast<std::uint16_t>(day + *rc::gen::inRange(0, 12));
    const auto key = *rc::gen::inRange<std::uint32_t>(1, 60);
    const Use kind = *rc::gen::element(Use::kRead, Use::kSend);
    FamiliarNetworks copy(read_back);  // a copy has no room to spare, as what was read has none
    std::swap(read_back, copy);
    RC_ASSERT(kept.note(key, day, kind) == read_back.note(key, day, kind));
    RC_ASSERT(kept == read_back);
  }
}

// While there is room, and for three weeks, it is a map from key to days.
RC_GTEST_PROP(FamiliarNetworks, AreAMapWhileThereIsRoom, ()) {
  FamiliarNetworks networks;
  std::map<std::uint32_t, std::map<std::uint16_t, bool>> reference;  // days, and whether sent
  for (std::uint16_t day = 1; day <= 22; ++day) {
    const auto key = *rc::gen::inRange<std::uint32_t>(1, 33);
    const bool sends = *rc::gen::arbitrary<bool>();
    RC_ASSERT(networks.note(key, day, sends ? Use::kSend : Use::kRead) == !reference.contains(key));
    reference[key][day] = sends;
  }
  RC_ASSERT(networks.size() == reference.size());
  for (const auto& [key, days] : reference) {
    const Habit* habit = networks.find(key);
    RC_ASSERT(habit != nullptr);
    RC_ASSERT(habit->days == days.size());
    RC_ASSERT(habit->send_days == std::ranges::count_if(days, [](const auto& d) { return d.second; }));
    RC_ASSERT(habit->last_day == days.rbegin()->first);
  }
}

TEST(FamiliarNetworks, KeepTheOfficeWhateverAThiefReadsFrom) {
  FamiliarNetworks networks;
  for (std::uint16_t day = 1; day <= 3; ++day) networks.note(1, day, Use::kSend);
  for (std::uint32_t key = 100; key < 1'000; ++key) networks.note(key, 50, Use::kRead);
  ASSERT_NE(networks.find(1), nullptr);
  EXPECT_EQ(networks.find(1)->send_days, 3);
}

}  // namespace
}  // namespace postreeve
