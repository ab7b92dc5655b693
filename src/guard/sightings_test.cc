#include "guard/sightings.h"

#include <gtest/gtest.h>

#include <span>
#include <string>

#include "engine/engine_testing.h"

namespace postreeve {
namespace {

constexpr Sightings::Seen kDeferred{Action::kDefer, Reply::kSlowed};

struct Doors : EventMaker {
  Sightings sightings{1024};
  std::uint64_t key = Sightings::key_of(recipient_event(kOfficeAddress, "b@y.example", "t"));

  void see(Door door) { sightings.add(key, door, kDeferred, now); }
  bool is_seen(Door door) { return sightings.take(key, door, now).has_value(); }
};

TEST(Sightings, AnswerAnotherDoorAsTheFirstWasAnswered) {
  Doors doors;
  doors.see(Door::kPostfixPolicy);
  const auto seen = doors.sightings.take(doors.key, Door::kMilter, doors.now);
  ASSERT_TRUE(seen);
  EXPECT_EQ(seen->action, Action::kDefer);
  EXPECT_EQ(seen->reply, Reply::kSlowed);
}

TEST(Sightings, DoNotAnswerTheDoorThatSawIt) {
  Doors doors;
  doors.see(Door::kPostfixPolicy);
  EXPECT_FALSE(doors.is_seen(Door::kPostfixPolicy));
}

TEST(Sightings, CountAsOftenAsTheyWereMade) {
  Doors doors;
  doors.see(Door::kPostfixPolicy);
  doors.see(Door::kPostfixPolicy);
  EXPECT_TRUE(doors.is_seen(Door::kMilter));
  EXPECT_TRUE(doors.is_seen(Door::kMilter));
  EXPECT_FALSE(doors.is_seen(Door::kMilter));
}

TEST(Sightings, AnswerEveryOtherDoor) {
  Doors doors;
  for (int i = 0; i < 1000; ++i) {
    doors.see(Door::kMilter);
    EXPECT_TRUE(doors.is_seen(Door::kPostfixPolicy));
    EXPECT_TRUE(doors.is_seen(Door::kLog));
    EXPECT_FALSE(doors.is_seen(Door::kPostfixPolicy));
    EXPECT_FALSE(doors.is_seen(Door::kLog));
    EXPECT_FALSE(doors.is_seen(Door::kMilter));
  }
}

TEST(Sightings, AreForgottenAfterTenMinutes) {
  Doors doors;
  doors.see(Door::kPostfixPolicy);
  doors.now += std::chrono::minutes{11};
  EXPECT_FALSE(doors.is_seen(Door::kMilter));
}

TEST(Sightings, OfWhatIsToldLateLastFromWhenItHappened) {
  Doors doors;
  doors.sightings.add(doors.key, Door::kLog, kDeferred, doors.now - std::chrono::minutes{9});
  EXPECT_TRUE(doors.is_seen(Door::kMilter));
  doors.sightings.add(doors.key, Door::kLog, kDeferred, doors.now - std::chrono::minutes{9});
  doors.now += std::chrono::minutes{2};
  EXPECT_FALSE(doors.is_seen(Door::kMilter));
}

TEST(Sightings, StayBoundedAndRememberTheLatest) {
  Doors doors;
  for (int i = 0; i < 100'000; ++i) {
    doors.now += std::chrono::milliseconds{1};
    doors.key =
        Sightings::key_of(doors.recipient_event(kOfficeAddress, std::to_string(i) + "@y.example", "t"));
    doors.see(Door::kPostfixPolicy);
  }
  EXPECT_TRUE(doors.is_seen(Door::kMilter));
}

TEST(Sightings, OfAMessageGoByItsQueueId) {
  const EventMaker events;
  const auto key = [&](std::string_view address, std::string_view queue_id) {
    return Sightings::key_of(events.submission_event(address, queue_id));
  };
  EXPECT_EQ(key(kOfficeAddress, "4Q1"), key(kThiefsAddress, "4Q1"));
  EXPECT_NE(key(kOfficeAddress, "4Q1"), key(kOfficeAddress, "4Q2"));
  EXPECT_EQ(key(kOfficeAddress, ""), 0U);
}

TEST(Sightings, OutliveAStop) {
  Doors before;
  before.see(Door::kPostfixPolicy);
  Doors after;
  ASSERT_TRUE(after.sightings.restore(before.sightings.saved(before.now)));
  const auto seen = after.sightings.take(after.key, Door::kLog, after.now);
  ASSERT_TRUE(seen);
  EXPECT_EQ(seen->action, Action::kDefer);
  EXPECT_EQ(seen->by, kDeferred.by);
  EXPECT_FALSE(after.is_seen(Door::kLog)) << "as often as they were made";
}

TEST(Sightings, AreSavedForTenMinutesOnly) {
  Doors doors;
  doors.see(Door::kPostfixPolicy);
  const std::string empty = Doors().sightings.saved(doors.now);
  EXPECT_NE(doors.sightings.saved(doors.now + std::chrono::minutes{9}), empty);
  EXPECT_EQ(doors.sightings.saved(doors.now + std::chrono::minutes{10}), empty);
}

TEST(Sightings, TakeOverNothingOfDamagedBytes) {
  Doors before;
  before.see(Door::kPostfixPolicy);
  const std::string saved = before.sightings.saved(before.now);
  Doors after;
  EXPECT_FALSE(after.sightings.restore(""));
  EXPECT_FALSE(after.sightings.restore("x" + saved));
  EXPECT_FALSE(after.sightings.restore(saved.substr(0, saved.size() - 1)));
  std::string changed = saved;
  for (char& byte : std::span(changed).subspan(saved.find('\n') + 1)) byte = '\xff';
  EXPECT_FALSE(after.sightings.restore(changed));
  EXPECT_FALSE(after.is_seen(Door::kLog));
}

}  // namespace
}  // namespace postreeve
