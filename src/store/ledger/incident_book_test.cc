#include "store/ledger/incident_book.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "store/ledger/ledger_testing.h"

namespace postreeve {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

class IncidentBookTest : public LedgerTest {
 protected:
  [[nodiscard]] IncidentBook book() { return IncidentBook(*database); }
};

TEST_F(IncidentBookTest, KeepsAStandingWithItsIncidentAndTimelineOverARestart) {
  StandingEntry entry = standing_entry(Level::kHeld, 0xabc);
  entry.evidence = {
      {.detector = "volume", .group = "volume", .nats = 1.5, .says = "40 messages this hour"},
      {.detector = "origin_novelty", .group = "origin", .nats = 3, .says = "new country Vietnam"}};
  ASSERT_TRUE(book().record(entry));
  reopen();

  const auto standing = book().standing_of(entry.account);
  ASSERT_TRUE(standing && *standing);
  EXPECT_EQ((*standing)->standing, entry.change.after);
  EXPECT_EQ((*standing)->key, entry.key);
  const auto incident = book().get({0xabc});
  ASSERT_TRUE(incident);
  EXPECT_EQ(incident->account, entry.account);
  EXPECT_EQ(incident->opened, kNoon);
  EXPECT_EQ(incident->level, Level::kHeld);
  EXPECT_EQ(incident->outcome, Outcome::kOpen);
  EXPECT_EQ(incident->outgo, entry.change.outgo);
  EXPECT_EQ(incident->first_evidence, "new country Vietnam");
  const auto timeline = book().timeline({0xabc});
  ASSERT_TRUE(timeline);
  ASSERT_THAT(*timeline, SizeIs(3));
  EXPECT_EQ(timeline->at(0).kind, EntryKind::kStanding);
  EXPECT_EQ(timeline->at(0).text,
            "held for unfamiliar origins until 2026-03-02T14:00:00.000Z; was clear before");
  EXPECT_EQ(timeline->at(1).text, "40 messages this hour");
  EXPECT_EQ(timeline->at(1).details, R"({"detector":"volume","group":"volume","nats":1.5})");
}

TEST_F(IncidentBookTest, RecordsARepeatedChangeOnce) {
  StandingEntry entry = standing_entry(Level::kHeld, 1);
  entry.actions = {{.kind = "notice", .payload = "{}"}};
  entry.evidence = {{.detector = "volume", .group = "volume", .nats = 1, .says = "busy"}};
  ASSERT_TRUE(book().record(entry));
  ASSERT_TRUE(book().record(entry));
  EXPECT_THAT(*book().timeline({1}), SizeIs(2));
  EXPECT_THAT(*Outbox(*database).of_incident({1}), SizeIs(1));
}

TEST_F(IncidentBookTest, LeavesAStandingAloneThatALaterChangeMade) {
  IncidentBook one_book = book();
  StandingEntry older = standing_entry(Level::kHeld, 1);
  older.change.number = 7;
  StandingEntry newer = standing_entry(Level::kClear, 1);
  newer.change.number = 8;
  ASSERT_TRUE(one_book.record(newer));
  ASSERT_TRUE(one_book.record(older));  // a full disk did not take it the first time
  EXPECT_EQ((*one_book.standing_of(older.account))->standing.level, Level::kClear);
  EXPECT_THAT(*one_book.timeline({1}), SizeIs(2));  // the history knows both
}

TEST_F(IncidentBookTest, EndsAStandingOnlyWhileItIsTheStoredOne) {
  StandingEntry held = standing_entry(Level::kHeld, 1);
  ASSERT_TRUE(book().record(held));
  StandingEntry ended = standing_entry(Level::kClear, 1);
  ended.change.before = held.change.after;
  ended.change.time = kNoon + std::chrono::hours{2};
  ended.ends_stored = true;
  StandingEntry suspended = standing_entry(Level::kSuspended, 1);
  suspended.change.time = kNoon + std::chrono::hours{1};
  ASSERT_TRUE(book().record(suspended));
  ASSERT_TRUE(book().record(ended));
  EXPECT_EQ((*book().standing_of(held.account))->standing.level, Level::kSuspended);
  ended.change.before = suspended.change.after;
  ASSERT_TRUE(book().record(ended));
  EXPECT_EQ((*book().standing_of(held.account))->standing.level, Level::kClear);
  EXPECT_THAT(*book().standings(), IsEmpty());
  EXPECT_THAT(*book().lifted(), SizeIs(1));
}

TEST_F(IncidentBookTest, KeepsTwoChangesOfOneMillisecond) {
  ASSERT_TRUE(book().record(standing_entry(Level::kSlowed, 1)));
  StandingEntry next = standing_entry(Level::kSuspended, 1);
  next.change.before = standing_entry(Level::kSlowed, 1).change.after;
  ASSERT_TRUE(book().record(next));
  EXPECT_EQ((*book().standing_of(next.account))->standing.level, Level::kSuspended);
  EXPECT_THAT(*book().timeline({1}), SizeIs(2));
}

TEST_F(IncidentBookTest, KeepsTheMostSevereLevelOfAnIncident) {
  ASSERT_TRUE(book().record(standing_entry(Level::kHeld, 1)));
  StandingEntry later = standing_entry(Level::kSlowed, 1, kNoon + std::chrono::minutes{5});
  later.change.outgo.messages = 9;
  later.change.after.scope = Scope::kWholeAccount;
  ASSERT_TRUE(book().record(later));
  const auto incident = *book().get({1});
  EXPECT_EQ(incident.level, Level::kHeld);
  EXPECT_EQ(incident.scope, Scope::kWholeAccount);
  EXPECT_EQ(incident.outgo.messages, 9U);
  EXPECT_EQ(incident.outgo.recipients, 3U);
  EXPECT_EQ(incident.changed, kNoon + std::chrono::minutes{5});
}

TEST_F(IncidentBookTest, EndsAnIncidentWhenItsStandingDoes) {
  const StandingEntry held = standing_entry(Level::kHeld, 1);
  ASSERT_TRUE(book().record(held));
  StandingEntry clear = standing_entry(Level::kClear, 0, kNoon + std::chrono::hours{24});
  clear.change.before = held.change.after;
  ASSERT_TRUE(book().record(clear));
  EXPECT_EQ(book().get({1})->outcome, Outcome::kEnded);
  EXPECT_THAT(*book().standings(), IsEmpty());
  EXPECT_THAT(*book().timeline({1}), SizeIs(2));
}

TEST_F(IncidentBookTest, MarksWhatWasOnlyObserved) {
  StandingEntry observed = standing_entry(Level::kHeld, 1);
  observed.is_observed = true;
  ASSERT_TRUE(book().record(observed));
  EXPECT_TRUE(book().get({1})->is_observed);
  EXPECT_TRUE(book().standings()->at(0).is_observed);
  ASSERT_TRUE(book().record(standing_entry(Level::kSuspended, 1, kNoon + std::chrono::minutes{1})));
  EXPECT_FALSE(book().get({1})->is_observed);
}

TEST_F(IncidentBookTest, KeepsAStandingWithoutAnIncident) {
  ASSERT_TRUE(book().record(standing_entry(Level::kWatched, 0)));
  EXPECT_THAT(*book().standings(), SizeIs(1));
  EXPECT_THAT(*book().find({}), IsEmpty());
}

TEST_F(IncidentBookTest, TakesNotesJudgementsAndCauses) {
  ASSERT_TRUE(book().record(standing_entry(Level::kHeld, 1)));
  ASSERT_TRUE(book().add_entry({.id = 0,
                                .incident = {1},
                                .time = kNoon + std::chrono::minutes{1},
                                .kind = EntryKind::kNote,
                                .author = "pat",
                                .text = "called the owner\nno answer",
                                .details = ""}));
  ASSERT_TRUE(book().settle({1}, Outcome::kConfirmed,
                            {.id = 0,
                             .incident = {},
                             .time = kNoon + std::chrono::minutes{2},
                             .kind = EntryKind::kNote,
                             .author = "pat",
                             .text = "it was a thief",
                             .details = ""}));
  ASSERT_TRUE(book().set_cause({1}, "phished"));
  ASSERT_TRUE(book().assign({1}, "pat"));
  const auto incident = *book().get({1});
  EXPECT_EQ(incident.outcome, Outcome::kConfirmed);
  EXPECT_EQ(incident.cause, "phished");
  EXPECT_EQ(incident.assignee, "pat");
  const auto timeline = *book().timeline({1});
  ASSERT_THAT(timeline, SizeIs(3));
  EXPECT_EQ(timeline[1].text, "called the owner?no answer");
  EXPECT_EQ(timeline[2].kind, EntryKind::kJudgement);

  EXPECT_EQ(book().set_cause({2}, "x").error().code, ErrorCode::kNotFound);
  EXPECT_EQ(book().settle({2}, Outcome::kConfirmed, timeline[2]).error().code, ErrorCode::kNotFound);
  EXPECT_EQ(book().get({2}).error().code, ErrorCode::kNotFound);
}

TEST_F(IncidentBookTest, SettlesAndAsksForWhatIsToBeDoneInOneStep) {
  ASSERT_TRUE(book().record(standing_entry(Level::kHeld, 1)));
  TimelineRow judgement;
  judgement.time = kNoon;
  judgement.text = "confirmed";
  const OutboxAction report{.kind = "report", .payload = "{}", .not_before = {}};
  const OutboxAction wrong{.kind = "No Kind", .payload = "{}", .not_before = {}};
  EXPECT_FALSE(book().settle({1}, Outcome::kConfirmed, judgement, {report, wrong}));
  EXPECT_EQ(book().get({1})->outcome, Outcome::kOpen);
  ASSERT_TRUE(book().settle({1}, Outcome::kConfirmed, judgement, {report}));
  EXPECT_EQ(book().get({1})->outcome, Outcome::kConfirmed);
  const auto rows = *Outbox(*database).of_incident({1});
  ASSERT_EQ(rows.size(), 1U);
  EXPECT_EQ(rows[0].action.kind, "report");
  EXPECT_EQ(rows[0].account, account("anna@shop.example"));
}

TEST_F(IncidentBookTest, FindsIncidentsByPage) {
  for (std::uint64_t i = 1; i <= 5; ++i) {
    // Two of one millisecond.
    ASSERT_TRUE(book().record(standing_entry(Level::kHeld, i, kNoon + std::chrono::minutes{i / 2})));
  }
  const auto ids = [&](const IncidentQuery& query) {
    std::vector<std::uint64_t> found;
    const auto rows = book().find(query);
    for (const IncidentRow& row : *rows) found.push_back(row.id.value);
    return found;
  };
  EXPECT_THAT(ids({}), ElementsAre(5, 4, 3, 2, 1));
  IncidentQuery page;
  page.most = 2;
  page.before = {5};
  EXPECT_THAT(ids(page), ElementsAre(4, 3));
  IncidentQuery query;
  query.since = kNoon + std::chrono::minutes{2};
  EXPECT_THAT(ids(query), ElementsAre(5, 4));
  query = {};
  query.account = account("bob@shop.example");
  EXPECT_THAT(ids(query), IsEmpty());
  query = {};
  query.outcome = Outcome::kDismissed;
  EXPECT_THAT(ids(query), IsEmpty());
}

}  // namespace
}  // namespace postreeve
