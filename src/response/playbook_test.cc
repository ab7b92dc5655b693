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
std::vector<std::string> called_for(const Playbook& book, const StandingEntry& entry) {
  std::vector<std::string> names;
  for (const OutboxAction& action : book.actions_for(entry)) {
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
  EXPECT_THAT(book.actions_for(entry), IsEmpty());
  entry.is_observed = true;
  EXPECT_THAT(book.actions_for_confirmed(entry), ::testing::SizeIs(1));
}

TEST(Playbook, LeavesAStandingWithoutAnIncidentAlone) {
  StandingEntry entry = changed(Level::kClear, Level::kSuspended);
  entry.change.after.incident = {};
  EXPECT_THAT(called_for(playbook(), entry), IsEmpty());
}

}  // namespace
}  // namespace postreeve
