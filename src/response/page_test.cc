#include "response/page.h"

#include <gtest/gtest.h>

#include "response/response_testing.h"
#include "store/ledger/ledger_testing.h"

namespace postreeve {
namespace {

// Nobody listens where it is posted to; tests/response has a receiver.
class PageTest : public LedgerTest {
 protected:
  PageTest() {
    ActionSettings settings("page");
    settings.set("url", "http://127.0.0.1:1/");
    auto made = page_type().make(settings, {.ledger = *database, .state_folder = folder.file("")});
    if (!made) throw std::runtime_error(made.error().detail);
    page = *std::move(made);
  }

  // Some hours after the first change of the incident.
  Task task(Level before, Level after, int hour) {
    StandingEntry entry = changed(before, after);
    entry.change.time += std::chrono::hours{hour};
    EXPECT_TRUE(IncidentBook(*database).record(entry));
    const Task asked = task_of(entry, "page", Direction::kCarryOut);
    Outbox outbox(*database);
    EXPECT_TRUE(outbox.add(asked.incident, asked.account, {outbox_action(asked)}, entry.change.time));
    return *read_task(**outbox.take("page", entry.change.time, std::chrono::minutes{1}));
  }
  bool is_posted(const Task& task) {
    const bool is_tried = !page->carry_out(task);
    EXPECT_TRUE(Outbox(*database).done(task.id, "the pager took it", task.time));
    return is_tried;
  }

  std::unique_ptr<ResponseAction> page;
};

TEST_F(PageTest, IsPostedOnceUntilThePasswordIsStolenAgain) {
  EXPECT_TRUE(is_posted(task(Level::kClear, Level::kHeld, 0)));
  EXPECT_FALSE(is_posted(task(Level::kHeld, Level::kSuspended, 1)));
  EXPECT_FALSE(is_posted(task(Level::kSuspended, Level::kRecovering, 2)));
  EXPECT_TRUE(is_posted(task(Level::kRecovering, Level::kHeld, 3)));
  EXPECT_FALSE(is_posted(task(Level::kHeld, Level::kSuspended, 4)));
}

}  // namespace
}  // namespace postreeve
