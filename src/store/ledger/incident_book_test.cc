#include "store/ledger/incident_book.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "store/ledger/ledger_testing.h"

namespace postreeve {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

class IncidentBookTest : public LedgerOnBoth {
 protected:
  [[nodiscard]] IncidentBook book() { return IncidentBook(*database); }
};

TEST_P(IncidentBookTest, KeepsAStandingWithItsIncidentAndTimelineOverARestart) {
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

TEST_P(IncidentBookTest, RecordsARepeatedChangeOnce) {
  StandingEntry entry = standing_entry(Level::kHeld, 1);
  entry.actions = {{.kind = "notice", .payload = "{}"}};
  entry.evidence = {{.detector = "volume", .group = "volume", .nats = 1, .says = "busy"}};
  ASSERT_TRUE(book().record(entry));
  ASSERT_TRUE(book().record(entry));
  EXPECT_THAT(*book().timeline({1}), SizeIs(2));
  EXPECT_THAT(*Outbox(*database).of_incident({1}), SizeIs(1));
}

TEST_P(IncidentBookTest, LeavesAStandingAloneThatALaterChangeMade) {
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

TEST_P(IncidentBookTest, DoesNotActOnAStandingThatALaterChangeHasLifted) {
  IncidentBook one_book = book();
  StandingEntry held = standing_entry(Level::kHeld, 1);
  held.change.number = 7;
  held.actions = {{.kind = "flag", .payload = "{}", .not_before = {}}};
  StandingEntry released = standing_entry(Level::kRecovering, 1);
  released.change.number = 8;
  released.change.time = kNoon + std::chrono::hours{1};
  released.actions = {{.kind = "undo", .payload = "{}", .not_before = {}}};
  ASSERT_TRUE(one_book.record(released));
  ASSERT_TRUE(one_book.record(held));  // a full disk did not take it the first time
  const auto rows = Outbox(*database).of_incident({1});
  ASSERT_TRUE(rows);
  ASSERT_THAT(*rows, SizeIs(1));
  EXPECT_EQ(rows->front().action.kind, "undo");
}

TEST_P(IncidentBookTest, ActsOnARestrictionThatIsToldAfterAMoreSevereOne) {
  IncidentBook one_book = book();
  StandingEntry slowed = standing_entry(Level::kSlowed, 1);
  slowed.change.number = 7;
  slowed.actions = {{.kind = "notice", .payload = "{}", .not_before = {}}};
  StandingEntry held = standing_entry(Level::kHeld, 1);
  held.change.number = 8;
  held.change.time = kNoon + std::chrono::hours{1};
  ASSERT_TRUE(one_book.record(held));
  ASSERT_TRUE(one_book.record(slowed));
  EXPECT_THAT(*Outbox(*database).of_incident({1}), SizeIs(1));
}

TEST_P(IncidentBookTest, EndsAStandingOnlyWhileItIsTheStoredOne) {
  StandingEntry held = standing_entry(Level::kHeld, 1);
  ASSERT_TRUE(book().record(held));
  StandingEntry ended = standing_entry(Level::kClear, 1);
  ended.change.before = held.change.after;
  ended.change.time = kNoon + std::chrono::hours{2};
  ended.needs_stored = true;
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

TEST_P(IncidentBookTest, KeepsTwoChangesOfOneMillisecond) {
  ASSERT_TRUE(book().record(standing_entry(Level::kSlowed, 1)));
  StandingEntry next = standing_entry(Level::kSuspended, 1);
  next.change.before = standing_entry(Level::kSlowed, 1).change.after;
  ASSERT_TRUE(book().record(next));
  EXPECT_EQ((*book().standing_of(next.account))->standing.level, Level::kSuspended);
  EXPECT_THAT(*book().timeline({1}), SizeIs(2));
}

TEST_P(IncidentBookTest, KeepsTheMostSevereLevelOfAnIncident) {
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

TEST_P(IncidentBookTest, EndsAnIncidentWhenItsStandingDoes) {
  const StandingEntry held = standing_entry(Level::kHeld, 1);
  ASSERT_TRUE(book().record(held));
  StandingEntry clear = standing_entry(Level::kClear, 0, kNoon + std::chrono::hours{24});
  clear.change.before = held.change.after;
  ASSERT_TRUE(book().record(clear));
  EXPECT_EQ(book().get({1})->outcome, Outcome::kEnded);
  EXPECT_THAT(*book().standings(), IsEmpty());
  EXPECT_THAT(*book().timeline({1}), SizeIs(2));
}

TEST_P(IncidentBookTest, MarksWhatWasOnlyObserved) {
  StandingEntry observed = standing_entry(Level::kHeld, 1);
  observed.is_observed = true;
  ASSERT_TRUE(book().record(observed));
  EXPECT_TRUE(book().get({1})->is_observed);
  EXPECT_TRUE(book().standings()->at(0).is_observed);
  ASSERT_TRUE(book().record(standing_entry(Level::kSuspended, 1, kNoon + std::chrono::minutes{1})));
  EXPECT_FALSE(book().get({1})->is_observed);
}

TEST_P(IncidentBookTest, AsksForWhatWasNotDoneWhileItWasOnlyObserved) {
  StandingEntry entry = standing_entry(Level::kHeld, 1);
  entry.actions = {{.kind = "flag", .payload = "{}", .not_before = {}}};
  entry.actions_after_observed = {{.kind = "queue", .payload = "{}", .not_before = {}}};
  const auto kind_of_latest = [&] { return Outbox(*database).of_incident({1})->back().action.kind; };
  entry.is_observed = true;
  ASSERT_TRUE(book().record(entry));
  EXPECT_EQ(kind_of_latest(), "flag");
  entry.is_observed = false;
  entry.change.time += std::chrono::seconds{1};
  ASSERT_TRUE(book().record(entry));
  EXPECT_EQ(kind_of_latest(), "queue");
  entry.change.time += std::chrono::seconds{1};
  entry.change.before = entry.change.after;
  entry.change.after.level = Level::kSuspended;
  ASSERT_TRUE(book().record(entry));
  EXPECT_EQ(kind_of_latest(), "flag");
}

TEST_P(IncidentBookTest, KeepsAStandingWithoutAnIncident) {
  ASSERT_TRUE(book().record(standing_entry(Level::kWatched, 0)));
  EXPECT_THAT(*book().standings(), SizeIs(1));
  EXPECT_THAT(*book().find({}), IsEmpty());
}

TEST_P(IncidentBookTest, TakesNotesJudgementsAndCauses) {
  ASSERT_TRUE(book().record(standing_entry(Level::kHeld, 1)));
  ASSERT_TRUE(book().add_entry({.id = 0,
                                .incident = {1},
                                .time = kNoon + std::chrono::minutes{1},
                                .kind = EntryKind::kNote,
                                .author = "pat",
                                .text = "called the owner\nno answer",
                                .details = ""}));
  const auto judged = [&](IncidentId incident) {
    return book().settle({incident, Outcome::kConfirmed, "it was a thief", {}}, "pat",
                         kNoon + std::chrono::minutes{2});
  };
  ASSERT_TRUE(judged({1}));
  ASSERT_TRUE(book().set_cause({1}, "phished"));
  const TimelineRow care{.id = 0,
                         .incident = {1},
                         .time = kNoon + std::chrono::minutes{3},
                         .kind = EntryKind::kNote,
                         .author = "tess",
                         .text = "pat takes care of it",
                         .details = ""};
  ASSERT_TRUE(book().assign("pat", care));
  const auto incident = *book().get({1});
  EXPECT_EQ(incident.outcome, Outcome::kConfirmed);
  EXPECT_EQ(incident.cause, "phished");
  EXPECT_EQ(incident.assignee, "pat");
  const auto timeline = *book().timeline({1});
  ASSERT_THAT(timeline, SizeIs(4));
  EXPECT_EQ(timeline[3].text, care.text);
  EXPECT_EQ(timeline[1].text, "called the owner?no answer");
  EXPECT_EQ(timeline[2].kind, EntryKind::kJudgement);
  EXPECT_EQ(timeline[2].author, "pat");

  EXPECT_EQ(book().set_cause({2}, "x").error().code, ErrorCode::kNotFound);
  EXPECT_EQ(judged({2}).error().code, ErrorCode::kNotFound);
  EXPECT_EQ(book().get({2}).error().code, ErrorCode::kNotFound);
}

TEST_P(IncidentBookTest, SettlesAndAsksForWhatIsToBeDoneInOneStep) {
  ASSERT_TRUE(book().record(standing_entry(Level::kHeld, 1)));
  const OutboxAction report{.kind = "report", .payload = "{}", .not_before = {}};
  const OutboxAction wrong{.kind = "No Kind", .payload = "{}", .not_before = {}};
  EXPECT_FALSE(book().settle({{1}, Outcome::kConfirmed, "confirmed", {report, wrong}}, "pat", kNoon));
  EXPECT_EQ(book().get({1})->outcome, Outcome::kOpen);
  ASSERT_TRUE(book().settle({{1}, Outcome::kConfirmed, "confirmed", {report}}, "pat", kNoon));
  EXPECT_EQ(book().get({1})->outcome, Outcome::kConfirmed);
  const auto rows = *Outbox(*database).of_incident({1});
  ASSERT_EQ(rows.size(), 1U);
  EXPECT_EQ(rows[0].action.kind, "report");
  EXPECT_EQ(rows[0].account, account("anna@shop.example"));
}

TEST_P(IncidentBookTest, KeepsTheJudgementThatBringsAChangeTogetherWithIt) {
  ASSERT_TRUE(book().record(standing_entry(Level::kHeld, 1)));
  StandingEntry cleared = standing_entry(Level::kClear, 1);
  cleared.change.time += std::chrono::minutes{1};
  cleared.author = "pat";
  cleared.actions = {{.kind = "undo", .payload = "{}", .not_before = {}}};
  cleared.judgement = {{1}, Outcome::kDismissed, "on holiday", {{"tell", "{}", {}}, {"No Kind", "{}", {}}}};
  EXPECT_FALSE(book().record(cleared));
  EXPECT_EQ(book().get({1})->outcome, Outcome::kOpen);
  EXPECT_THAT(*book().standings(), SizeIs(1)) << "all of it or nothing";
  cleared.judgement->actions.pop_back();
  ASSERT_TRUE(book().record(cleared));
  EXPECT_EQ(book().get({1})->outcome, Outcome::kDismissed);
  EXPECT_THAT(*book().standings(), IsEmpty());
  const auto last = book().timeline({1})->back();
  EXPECT_EQ(last.kind, EntryKind::kJudgement);
  EXPECT_EQ(last.text, "on holiday");
  EXPECT_EQ(last.author, "pat");
  const auto rows = *Outbox(*database).of_incident({1});
  ASSERT_THAT(rows, SizeIs(2));
  EXPECT_EQ(rows[0].action.kind, "undo");
  EXPECT_EQ(rows[1].action.kind, "tell");
}

TEST_P(IncidentBookTest, FindsIncidentsByPage) {
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

POSTREEVE_ON_BOTH(IncidentBookTest);

}  // namespace
}  // namespace postreeve
