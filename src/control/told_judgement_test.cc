#include "control/told_judgement.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "control/control_testing.h"

namespace postreeve {
namespace {

using ::testing::IsEmpty;
using ::testing::SizeIs;

const AccountId& anna() {
  static const AccountId account = account_named(kAnna);
  return account;
}

struct ToldRoom : ControlRoom {
  Result<void> tell(bool confirmed) {
    return settle_told(desk, {.time = now,
                              .account = anna(),
                              .confirmed = confirmed,
                              .person = "panel: tess",
                              .reason = "she called"});
  }
  IncidentRow incident() { return incidents->find({})->at(0); }
};

TEST(ToldJudgement, ConfirmsTheIncidentThatTheAccountIsIn) {
  ToldRoom room;
  room.stolen();
  ASSERT_TRUE(room.tell(true));
  EXPECT_EQ(room.incident().outcome, Outcome::kConfirmed);
  EXPECT_EQ(room.guard->standing_of(anna()).level, Level::kSuspended);
  const auto timeline = *room.incidents->timeline(room.incident().id);
  EXPECT_EQ(timeline.back().kind, EntryKind::kJudgement);
  EXPECT_EQ(timeline.back().author, "panel: tess");
  ASSERT_THAT(room.trail(), SizeIs(1));
  EXPECT_EQ(room.trail()[0].author, "panel: tess");
  EXPECT_EQ(room.trail()[0].from, "event API");
  EXPECT_EQ(room.trail()[0].reason, "she called");
  const Result<void> again = room.tell(true);
  ASSERT_FALSE(again);
  EXPECT_EQ(again.error().code, ErrorCode::kConflict);
}

TEST(ToldJudgement, ConfirmsThoughTheStandingDoesNotChange) {
  ToldRoom room;
  room.stolen();
  ASSERT_TRUE(room.guard->order(anna(), Level::kSuspended, "tess", ""));
  ASSERT_TRUE(room.tell(true));
  EXPECT_EQ(room.incident().outcome, Outcome::kConfirmed);
}

TEST(ToldJudgement, DismissesTheIncidentThatTheAccountIsIn) {
  ToldRoom room;
  room.stolen();
  ASSERT_TRUE(room.tell(false));
  EXPECT_EQ(room.incident().outcome, Outcome::kDismissed);
  EXPECT_EQ(room.guard->standing_of(anna()).level, Level::kClear);
}

TEST(ToldJudgement, DismissesAnIncidentThatTimeHasEnded) {
  ToldRoom room;
  ASSERT_TRUE(room.guard->order(anna(), Level::kHeld, "tess", ""));
  room.now += std::chrono::hours{25};
  room.guard->tend();
  room.guard->wait_for_the_ledger();
  ASSERT_TRUE(room.tell(false));
  EXPECT_EQ(room.incident().outcome, Outcome::kDismissed);
}

TEST(ToldJudgement, ATheftThatNothingShowedBecomesAConfirmedIncident) {
  ToldRoom room;
  room.live();
  ASSERT_TRUE(room.tell(true));
  EXPECT_EQ(room.guard->standing_of(anna()).level, Level::kSuspended);
  EXPECT_EQ(room.incident().outcome, Outcome::kConfirmed);
  EXPECT_THAT(room.trail(), SizeIs(2));
}

TEST(ToldJudgement, ASecondTheftIsAStoryOfItsOwn) {
  ToldRoom room;
  room.stolen();
  ASSERT_TRUE(room.tell(true));
  ASSERT_TRUE(room.guard->order(anna(), Level::kClear, "tess", "new password"));
  room.now += std::chrono::days{60};
  ASSERT_TRUE(room.tell(true));
  EXPECT_EQ(room.guard->standing_of(anna()).level, Level::kSuspended);
  const auto incidents = *room.incidents->find({});
  ASSERT_THAT(incidents, SizeIs(2));
  for (const IncidentRow& row : incidents) EXPECT_EQ(row.outcome, Outcome::kConfirmed);
}

TEST(ToldJudgement, OfAnAccountInNoIncidentADismissalOnlyTeaches) {
  ToldRoom room;
  room.live();
  const auto before = room.accounts->find(room.guard->key_of(anna()));
  ASSERT_TRUE(room.tell(false));
  EXPECT_NE(*room.accounts->find(room.guard->key_of(anna())), *before);
  EXPECT_THAT(*room.incidents->find({}), IsEmpty());
}

}  // namespace
}  // namespace postreeve
