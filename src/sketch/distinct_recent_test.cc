#include "sketch/distinct_recent.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <map>
#include <set>
#include <type_traits>
#include <utility>
#include <vector>

namespace postreeve {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;
using Eight = DistinctRecent<8>;

static_assert(sizeof(Eight) == 64 && std::is_trivially_copyable_v<Eight>);

Timestamp at(int second) {
  return from_seconds32(1'750'000'000U + static_cast<std::uint32_t>(second));
}

using Sighting = std::pair<std::uint32_t, int>;  // key, second

std::vector<Sighting> any_sightings(int keys) {
  return *rc::gen::container<std::vector<Sighting>>(rc::gen::pair(
      rc::gen::map(rc::gen::inRange(0, keys), [](int k) { return static_cast<std::uint32_t>(k); }),
      rc::gen::inRange(0, 9000)));
}

RC_GTEST_PROP(DistinctRecent, CountsExactlyUpToItsSlotsInAnyOrder, ()) {
  const auto sightings = any_sightings(*rc::gen::inRange(1, 30));
  Eight recent;
  std::map<std::uint32_t, int> last;
  for (const auto& [key, second] : sightings) {
    recent.add(key, at(second), hours{1});
    last[key] = std::max(last[key], second);
  }
  const int window = *rc::gen::inRange(0, 9000);
  const int now = *rc::gen::inRange(0, 20'000);
  std::size_t expected = 0;
  for (const auto& [key, second] : last) expected += now - second < window ? 1U : 0U;
  RC_ASSERT(recent.count(at(now), seconds{window}) == std::min<std::size_t>(expected, 8));
}

RC_GTEST_PROP(DistinctRecent, TellsNewFromKnownWhileAllFit, ()) {
  Eight recent;
  std::map<std::uint32_t, int> last;
  for (const auto& [key, second] : any_sightings(8)) {
    const bool expected = !last.contains(key) || second - last[key] >= 3600;
    RC_ASSERT(recent.contains(key, at(second), hours{1}) == !expected);
    RC_ASSERT(recent.add(key, at(second), hours{1}) == expected);
    last[key] = std::max(last[key], second);
    RC_ASSERT(recent.last_seen(key) == at(last[key]));
  }
}

RC_GTEST_PROP(DistinctRecent, KeepsTheLatestFirstAndNoKeyTwice, ()) {
  Eight recent;
  for (const auto& [key, second] : any_sightings(30)) {
    recent.add(key, at(second), hours{1});
    std::set<std::uint32_t> keys;
    std::uint32_t before = 0xffffffffU;
    for (const auto& entry : recent.entries()) {
      RC_ASSERT(keys.insert(entry.key).second);
      RC_ASSERT(entry.seen <= before);
      before = entry.seen;
    }
  }
}

TEST(DistinctRecent, DropsTheKeySeenLongestAgo) {
  DistinctRecent<2> recent;
  recent.add(1, at(0), hours{1});
  recent.add(2, at(10), hours{1});
  recent.add(1, at(20), hours{1});
  EXPECT_TRUE(recent.add(3, at(30), hours{1}));
  EXPECT_FALSE(recent.last_seen(2).has_value());
  EXPECT_EQ(recent.last_seen(1), at(20));
  EXPECT_EQ(recent.count(at(30), hours{1}), 2U) << "at least";
}

TEST(DistinctRecent, DoesNotLetALateEventDropANewerOne) {
  DistinctRecent<2> recent;
  recent.add(1, at(100), hours{1});
  recent.add(2, at(100), hours{1});
  EXPECT_TRUE(recent.add(3, at(50), hours{1}));
  EXPECT_TRUE(recent.last_seen(1) && recent.last_seen(2) && !recent.last_seen(3));
  recent.add(1, at(40), hours{1});
  EXPECT_EQ(recent.last_seen(1), at(100)) << "time does not move back";
}

TEST(DistinctRecent, LeavesOutWhatIsAsOldAsTheWindow) {
  Eight recent;
  recent.add(7, at(0), minutes{10});
  EXPECT_EQ(recent.count(at(599), minutes{10}), 1U);
  EXPECT_EQ(recent.count(at(600), minutes{10}), 0U);
  EXPECT_TRUE(recent.add(7, at(600), minutes{10}));
  EXPECT_EQ(recent.count(at(600), Duration{0}), 0U);
  EXPECT_EQ(recent.count(at(600), Duration{1}), 1U) << "a part of a second counts as one";
}

TEST(DistinctRecent, TakesAnyTimeAndKey) {
  Eight recent;
  EXPECT_TRUE(recent.add(0, Timestamp::min(), hours{1}));
  EXPECT_FALSE(recent.add(0, from_seconds32(0), hours{1}));
  EXPECT_TRUE(recent.add(0xffffffffU, Timestamp::max(), Duration::max()));
  EXPECT_EQ(recent.count(Timestamp::max(), Duration::max()), 2U);
  EXPECT_EQ(recent.count(Timestamp::max(), Duration::min()), 0U);
  EXPECT_EQ(recent.entries().size(), 2U);
}

}  // namespace
}  // namespace postreeve
