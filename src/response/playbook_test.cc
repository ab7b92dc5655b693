#include "response/playbook.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "response/response_testing.h"

namespace postreeve {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

Playbook playbook(std::map<std::string, ResponsePlan, std::less<>> by_tenant = {}) {
  return Playbook({.slowed = {},
                   .held = {"queue", "page"},
                   .suspended = {"flag", "kick", "notice"},
                   .released = {"farewell"}},
                  std::move(by_tenant),
                  {{"queue", {.audience = Audience::kSystems, .has_undo = true}},
                   {"page", {.audience = Audience::kStaff, .has_undo = false}},
                   {"flag", {.audience = Audience::kSystems, .has_undo = true}},
                   {"kick", {.audience = Audience::kSystems, .has_undo = false}},
                   {"notice", {.audience = Audience::kCustomers, .has_undo = false}},
                   {"farewell", {.audience = Audience::kCustomers, .has_undo = false}}});
}

// "flag", "undo flag": what the change calls for.
std::vector<std::string> called_for(const Playbook& book, const StandingEntry& entry,
                                    bool was_observed = false) {
  std::vector<std::string> names;
  for (const OutboxAction& action : book.actions_for(entry, was_observed)) {
    OutboxRow row;
    row.action = action;
    const bool is_undo = read_task(row)->direction == Direction::kUndo;
    names.push_back((is_undo ? "undo " : "") + action.kind);
  }
  return names;
}

TEST(Playbook, CarriesOutWhatTheLevelAndTheMilderOnesList) {
  EXPECT_THAT(called_for(playbook(), changed(Level::kClear, Level::kHeld)), ElementsAre("queue", "page"));
  EXPECT_THAT(called_for(playbook(), changed(Level::kWatched, Level::kSuspended)),
              ElementsAre("queue", "page", "flag", "kick", "notice"));
}

TEST(Playbook, DoesNothingTwiceWhenTheLevelRises) {
  EXPECT_THAT(called_for(playbook(), changed(Level::kHeld, Level::kSuspended)),
              ElementsAre("flag", "kick", "notice"));
  EXPECT_THAT(called_for(playbook(), changed(Level::kSuspended, Level::kSuspended)), IsEmpty());
}

TEST(Playbook, UndoesInReverseOrderAndThenTellsThatItIsOver) {
  EXPECT_THAT(called_for(playbook(), changed(Level::kSuspended, Level::kRecovering)),
              ElementsAre("undo flag", "undo queue", "farewell"));
  EXPECT_THAT(called_for(playbook(), changed(Level::kSuspended, Level::kHeld)), ElementsAre("undo flag"));
}

TEST(Playbook, TellsStaffAloneOfWhatWasOnlyObserved) {
  StandingEntry entry = changed(Level::kClear, Level::kSuspended);
  entry.is_observed = true;
  EXPECT_THAT(called_for(playbook(), entry), ElementsAre("page"));
  entry.is_observed = false;
  entry.change.observed_only = true;
  EXPECT_THAT(called_for(playbook(), entry), ElementsAre("page"));
}

TEST(Playbook, CatchesUpWithWhatWasOnlyObservedOnceItIsEnforced) {
  EXPECT_THAT(called_for(playbook(), changed(Level::kHeld, Level::kSuspended), true),
              ElementsAre("queue", "flag", "kick", "notice"));
  EXPECT_THAT(called_for(playbook(), changed(Level::kHeld, Level::kHeld), true), ElementsAre("queue"));
  EXPECT_THAT(called_for(playbook(), changed(Level::kSuspended, Level::kClear), true), IsEmpty());
}

TEST(Playbook, UndoesInObserveModeWhatWasDoneWhileItWasEnforced) {
  StandingEntry entry = changed(Level::kSuspended, Level::kRecovering);
  entry.is_observed = true;
  EXPECT_THAT(called_for(playbook(), entry), ElementsAre("undo flag", "undo queue", "farewell"));
}

TEST(Playbook, TellsAtEveryLevelThatListsIt) {
  const Playbook book({.slowed = {"tell", "flag"},
                       .held = {"tell", "flag"},
                       .suspended = {"flag", "tell"},
                       .released = {"tell"}},
                      {},
                      {{"tell", {.audience = Audience::kStaff, .has_undo = false}},
                       {"flag", {.audience = Audience::kSystems, .has_undo = true}}});
  EXPECT_THAT(called_for(book, changed(Level::kClear, Level::kSuspended)), ElementsAre("tell", "flag"));
  EXPECT_THAT(called_for(book, changed(Level::kSlowed, Level::kSuspended)), ElementsAre("tell"));
  EXPECT_THAT(called_for(book, changed(Level::kHeld, Level::kHeld)), IsEmpty());
  EXPECT_THAT(called_for(book, changed(Level::kSuspended, Level::kHeld)), IsEmpty());
  StandingEntry observed = changed(Level::kSlowed, Level::kHeld);
  observed.is_observed = true;
  EXPECT_THAT(called_for(book, observed, true), ElementsAre("tell"));
}

TEST(Playbook, TellsOnceMoreWhenTheWholeAccountIsMeantAtTheSameLevel) {
  StandingEntry entry = changed(Level::kHeld, Level::kHeld);
  entry.change.before.scope = Scope::kUnfamiliarOrigins;
  entry.change.after.scope = Scope::kWholeAccount;
  EXPECT_THAT(called_for(playbook(), entry), ElementsAre("page"));
  entry.change.before.level = entry.change.after.level = Level::kSuspended;
  EXPECT_THAT(called_for(playbook(), entry), ElementsAre("page", "notice"));
  std::swap(entry.change.before.scope, entry.change.after.scope);
  EXPECT_THAT(called_for(playbook(), entry), IsEmpty());
  entry.change.before.level = entry.change.after.level = Level::kWatched;
  std::swap(entry.change.before.scope, entry.change.after.scope);
  EXPECT_THAT(called_for(playbook(), entry), IsEmpty());
}

TEST(Playbook, GivesATenantAPlanOfItsOwn) {
  const Playbook book =
      playbook({{"shop", {.slowed = {}, .held = {}, .suspended = {"kick"}, .released = {}}}});
  StandingEntry entry = changed(Level::kClear, Level::kSuspended);
  entry.tenant = "shop";
  EXPECT_THAT(called_for(book, entry), ElementsAre("kick"));
}

TEST(Playbook, KnowsWhatAPersonsConfirmationCallsFor) {
  const Playbook book(
      {.slowed = {}, .held = {}, .suspended = {}, .released = {}, .confirmed = {"report", "flag"}}, {},
      {{"report", {.audience = Audience::kStaff, .has_undo = false}},
       {"flag", {.audience = Audience::kSystems, .has_undo = true}}});
  StandingEntry entry = changed(Level::kSuspended, Level::kSuspended);
  EXPECT_THAT(book.actions_for_confirmed(entry), ::testing::SizeIs(2));
  EXPECT_THAT(book.actions_for(entry, false), IsEmpty());
  entry.is_observed = true;
  EXPECT_THAT(book.actions_for_confirmed(entry), ::testing::SizeIs(1));
}

TEST(Playbook, UndoesAtADismissalWhatWaitedForOne) {
  const Playbook book(
      {.slowed = {}, .held = {"queue"}, .suspended = {"flag"}, .released = {}}, {},
      {{"queue", {.audience = Audience::kSystems, .has_undo = true, .undo_awaits_judgement = true}},
       {"flag", {.audience = Audience::kSystems, .has_undo = true}}});
  for (const Level before : {Level::kClear, Level::kRecovering, Level::kSlowed}) {
    const auto actions = book.actions_for_dismissed(changed(before, Level::kClear), false);
    ASSERT_THAT(actions, ::testing::SizeIs(1)) << to_text(before);
    OutboxRow row;
    row.action = actions[0];
    EXPECT_EQ(actions[0].kind, "queue");
    EXPECT_EQ(read_task(row)->direction, Direction::kUndo);
  }
  // The change of standing undoes it.
  EXPECT_THAT(book.actions_for_dismissed(changed(Level::kHeld, Level::kClear), false), IsEmpty());
  EXPECT_THAT(book.actions_for_dismissed(changed(Level::kHeld, Level::kClear), true), ::testing::SizeIs(1));
}

TEST(Playbook, LeavesAStandingWithoutAnIncidentAlone) {
  StandingEntry entry = changed(Level::kClear, Level::kSuspended);
  entry.change.after.incident = {};
  EXPECT_THAT(called_for(playbook(), entry), IsEmpty());
}

}  // namespace
}  // namespace postreeve
