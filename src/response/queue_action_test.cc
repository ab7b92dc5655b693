#include "response/queue_action.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "response/fake_queue_testing.h"

namespace postreeve {
namespace {

constexpr std::uint32_t kTwoDays = 2 * 86'400;

// Undoing without a receipt: nothing was carried out.
class QueueActionTest : public IncidentRoom {
 protected:
  void open(IncidentId incident, std::uint32_t later, bool is_observed = false) {
    StandingEntry entry = changed(Level::kClear, Level::kHeld);
    entry.change.time += std::chrono::seconds{later};
    entry.change.after.incident = incident;
    entry.change.outgo.since += later;
    entry.is_observed = is_observed;
    change(std::move(entry), {});
  }
  void dismiss(IncidentId incident) {
    IncidentJudgement judgement;
    judgement.incident = incident;
    judgement.outcome = Outcome::kDismissed;
    ASSERT_TRUE(IncidentBook(*database).settle(std::move(judgement), "tess", kSundayAtThree));
  }
  std::string undone(IncidentId incident = kIncident) {
    Task undo = task_for("anna@shop.example", Direction::kUndo);
    undo.incident = incident;
    undo.time += std::chrono::days{30};
    const auto told = QueueAction(queue.helper(), {}, {.ledger = *database, .state_folder = {}}).undo(undo);
    return told ? *told : "failed: " + told.error().detail;
  }
};

TEST_F(QueueActionTest, ReleasesWhatTheGateHeldWithoutAReceiptOnceDismissed) {
  queue.put("m1");
  EXPECT_EQ(undone(),
            "released 0 messages of anna@shop.example; 1 from other places stay on hold until somebody "
            "confirms or dismisses the incident");
  dismiss(kIncident);
  EXPECT_EQ(undone(), "released 1 message of anna@shop.example");
}

TEST_F(QueueActionTest, ReleasesNothingWhereNothingWasEverRestricted) {
  open({0xbbbb}, kTwoDays, true);
  queue.put("m1", kThiefsAddress, "hold", 34, kTwoDays);
  dismiss({0xbbbb});
  EXPECT_EQ(undone({0xbbbb}), "released 0 messages of anna@shop.example");
}

TEST_F(QueueActionTest, LeavesToANewerIncidentWhatIsItsMail) {
  open({0xbbbb}, kTwoDays);
  queue.put("m1");
  queue.put("m2", kThiefsAddress, "hold", 34, kTwoDays);
  queue.put("m3", kThiefsAddress, "hold", 34, kTwoDays - 60);
  dismiss(kIncident);
  EXPECT_EQ(undone(), "released 1 message of anna@shop.example");
  dismiss({0xbbbb});
  EXPECT_EQ(undone(), "released 2 messages of anna@shop.example");
}

}  // namespace
}  // namespace postreeve
