#include "response/story.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "response/outside_text.h"
#include "response/response_testing.h"
#include "store/ledger/rows.h"

namespace postreeve {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

Task suspended() {
  Task task = task_of(changed(Level::kHeld, Level::kSuspended), "mail", Direction::kCarryOut);
  task.id = 3;
  return task;
}

OutboxRow row(std::uint64_t id, const std::string& kind, OutboxState state) {
  OutboxRow made;
  made.id = id;
  made.action = outbox_action(task_of(changed(Level::kHeld, Level::kSuspended), kind, Direction::kCarryOut));
  made.state = state;
  return made;
}

TEST(Story, TellsWhyWhatGotOutAndWhatComesNext) {
  OutboxRow flag = row(1, "flag", OutboxState::kDone);
  flag.says = "set abused=TRUE in ldap://127.0.0.1";
  OutboxRow kick = row(2, "kick", OutboxState::kWaiting);
  kick.error = "connection refused";
  kick.attempts = 2;
  EXPECT_EQ(
      story(suspended(), {flag, kick, row(3, "mail", OutboxState::kTaken)}),
      "anna@shop.example is suspended for places it was never used from since 2026-03-01 03:00 UTC (before: "
      "held).\n"
      "\n"
      "Why (risk 6.5)\n"
      "* first login ever from Vietnam (+4.5)\n"
      "\n"
      "What got out\n"
      "* 3 messages to 41 recipients since 2026-03-01 02:59 UTC\n"
      "* deciding event from 198.51.100.7\n"
      "\n"
      "What was done\n"
      "* flag: done: set abused=TRUE in ldap://127.0.0.1\n"
      "* kick: is tried again (2 attempts so far): connection refused\n"
      "\n"
      "What comes next\n"
      "* look: postreeve incident show 000000000000abcd\n"
      "* it was a stranger: postreeve incident confirm 000000000000abcd --reason '...'\n"
      "* it was the owner: postreeve incident dismiss 000000000000abcd --reason '...'\n"
      "* let the account go: postreeve account release anna@shop.example --reason '...'\n");
}

TEST(Story, SaysWhenNothingWasReallyRestricted) {
  Task task = suspended();
  task.is_observed = true;
  EXPECT_EQ(headline(task), "anna@shop.example would be suspended: first login ever from Vietnam");
  EXPECT_THAT(story(task, {}), HasSubstr("Only observed: nothing was restricted"));
  EXPECT_THAT(story(task, {}), Not(HasSubstr("account release")));
}

TEST(Story, GivesACommandThatDoesNotRunTheAccountsName) {
  Task task = suspended();
  task.account = *AccountId::from_login("$(reboot)'@x.example", "");
  EXPECT_THAT(story(task, {}), HasSubstr("postreeve account release '$(reboot)'\\''@x.example' --reason"));
}

RC_GTEST_PROP(Story, BearsHostileTexts, ()) {
  Task task = suspended();
  task.reason = *hostile_bytes();
  task.tenant = *hostile_bytes();
  task.author = *hostile_bytes();
  task.evidence[0].says = *hostile_bytes();
  OutboxRow flag = row(1, "flag", OutboxState::kDone);
  flag.says = *hostile_bytes();
  const std::string told = story(task, {flag});
  RC_ASSERT(is_storable(told));
  RC_ASSERT(told.find('\r') == std::string::npos);
  RC_ASSERT(told.find("\nBcc:") == std::string::npos);
  RC_ASSERT(outside_text(headline(task)) == headline(task));
}

TEST(Story, StaysShortWhateverItIsTold) {
  Task task = suspended();
  task.reason = std::string(1'000'000, 'x');
  for (int i = 0; i < 1'000; ++i) task.evidence.push_back(task.evidence[0]);
  std::vector<OutboxRow> rows;
  for (std::uint64_t i = 10; i < 1'000; ++i) rows.push_back(row(i, "flag", OutboxState::kWaiting));
  EXPECT_LT(story(task, rows).size(), 20'000U);
}

}  // namespace
}  // namespace postreeve
