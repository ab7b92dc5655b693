#include "response/task.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "response/response_testing.h"

namespace postreeve {
namespace {

OutboxRow row_of(const Task& task) {
  OutboxRow row;
  row.id = 17;
  row.incident = task.incident;
  row.account = task.account;
  row.action = outbox_action(task);
  row.receipt = R"({"abused":false})";
  return row;
}

TEST(Task, IsReadBackAsItWasWritten) {
  StandingEntry entry = changed(Level::kHeld, Level::kSuspended);
  entry.is_observed = true;
  const auto task = read_task(row_of(task_of(entry, "flag", Direction::kUndo)));
  ASSERT_TRUE(task) << task.error().detail;
  EXPECT_EQ(task->id, 17U);
  EXPECT_EQ(task->action, "flag");
  EXPECT_EQ(task->incident, IncidentId{0xabcd});
  EXPECT_EQ(task->account, entry.account);
  EXPECT_EQ(task->receipt, R"({"abused":false})");
  EXPECT_EQ(task->direction, Direction::kUndo);
  EXPECT_EQ(task->time, kSundayAtThree);
  EXPECT_EQ(task->before, Level::kHeld);
  EXPECT_EQ(task->after, Level::kSuspended);
  EXPECT_EQ(task->until, entry.change.after.until);
  EXPECT_TRUE(task->is_observed);
  EXPECT_EQ(task->outgo, entry.change.outgo);
  EXPECT_EQ(task->client, "198.51.100.7");
  ASSERT_EQ(task->evidence.size(), 1U);
  EXPECT_EQ(task->evidence[0].says, "first login ever from Vietnam");
  EXPECT_EQ(task->evidence[0].nats, 4.5);
}

RC_GTEST_PROP(Task, BearsHostileTexts, (const std::string& reason, const std::string& says)) {
  StandingEntry entry = changed(Level::kClear, Level::kHeld);
  entry.reason = reason;
  entry.evidence[0].says = says;
  RC_ASSERT(read_task(row_of(task_of(entry, "flag", Direction::kCarryOut))).has_value());
}

TEST(Task, TakesItsReasonFromThePersonOrTheWeightiestFinding) {
  StandingEntry entry = changed(Level::kClear, Level::kHeld);
  EXPECT_EQ(reason_of(task_of(entry, "flag", Direction::kCarryOut)), "first login ever from Vietnam");
  entry.reason = "called,\nsays it was not her";
  EXPECT_EQ(reason_of(task_of(entry, "flag", Direction::kCarryOut)), "called,?says it was not her");
  entry.reason.clear();
  entry.evidence.clear();
  EXPECT_EQ(reason_of(task_of(entry, "flag", Direction::kCarryOut)), "");
}

TEST(Task, SaysWhichRowCannotBeRead) {
  for (const std::string payload : {"", "{}", "[]", "7", R"({"direction":"sideways"})", "{\"direction\":"}) {
    OutboxRow row;
    row.id = 17;
    row.action = {.kind = "flag", .payload = payload, .not_before = {}};
    const auto task = read_task(row);
    ASSERT_FALSE(task) << payload;
    EXPECT_EQ(task.error().code, ErrorCode::kCorrupt);
    EXPECT_NE(task.error().detail.find("action 17"), std::string::npos);
  }
}

}  // namespace
}  // namespace postreeve
