#include "response/queue_delete.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "response/evidence_action.h"
#include "response/fake_queue_testing.h"
#include "response/mail_keeper.h"
#include "response/worker.h"

namespace postreeve {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

class QueueDeleteTest : public IncidentRoom {
 protected:
  QueueDeleteTest() { options.preserve_folder = queue.folder.file("preserved"); }

  [[nodiscard]] Result<std::string> carry_out() {
    return QueueDelete(queue.helper(), options, *database).carry_out(task());
  }
  [[nodiscard]] std::string says() {
    const auto told = carry_out();
    return told ? *told : "failed: " + told.error().detail;
  }
  [[nodiscard]] std::string envelope_of(const std::string& id) const {
    return queue.folder.read("queue/" + id);
  }
  [[nodiscard]] std::string copy_of(const std::string& id) const {
    return queue.folder.read("preserved/000000000000abcd/" + id + ".eml");
  }

  QueueRemovalOptions options;
};

TEST_F(QueueDeleteTest, DeletesAQueueThatTakesSeveralAttempts) {
  confirm();
  queue.put_many(3);
  options.time = std::chrono::milliseconds{0};
  EXPECT_EQ(says(), "failed: 1 deleted, 2 to go");
  EXPECT_EQ(says(), "failed: 1 deleted, 1 to go");
  EXPECT_EQ(says(), "deleted 1 of the held messages of anna@shop.example, each copied first");
  EXPECT_THAT(queue.ids(), IsEmpty());
  for (const char* id : {"m1", "m2", "m3"}) EXPECT_EQ(copy_of(id), "Subject: Offer\n\nGood day.\n") << id;
}

TEST_F(QueueDeleteTest, CopiesNothingTwice) {
  confirm();
  queue.put("m1");
  ASSERT_TRUE(keep_mail(options.preserve_folder, kIncident, "m1",
                        {.envelope = envelope_of("m1"), .content = "copied before"}));
  EXPECT_THAT(says(), HasSubstr("deleted 1"));
  EXPECT_THAT(queue.take_asked(), Not(HasSubstr("show")));
  EXPECT_EQ(copy_of("m1"), "copied before");
}

TEST_F(QueueDeleteTest, CopiesAnotherMessageThatHasTheSameQueueId) {
  confirm();
  queue.put("m1");
  ASSERT_TRUE(keep_mail(options.preserve_folder, kIncident, "m1",
                        {.envelope = envelope_of("m1"), .content = "copied before"}));
  queue.put("m1", kThiefsAddress, "hold", 34, 60);
  EXPECT_THAT(says(), HasSubstr("deleted 1"));
  EXPECT_EQ(copy_of("m1"), "Subject: Offer\n\nGood day.\n");
}

TEST_F(QueueDeleteTest, LeavesOnHoldWhatCannotBeCopied) {
  confirm();
  queue.put_many(2);
  queue.set("large-m1");
  EXPECT_THAT(says(), AllOf(HasSubstr("deleted 1 of"), HasSubstr("stays on hold: it is too long")));
  EXPECT_THAT(queue.ids(), ElementsAre("m1"));
}

TEST_F(QueueDeleteTest, DeletesNothingBeforeTheEvidenceIsKept) {
  queue.put_many(2);
  confirm();
  ask_for({"evidence", "delete"});
  const std::string its_helper = queue.folder.program(
      "evidence-helper",
      "#!/bin/sh\ncd \"$(dirname \"$0\")\"; [ -e broken ] && exit 75\nexec ./helper \"$@\"\n");
  options.evidence = {"evidence"};
  Actions::ByName all;
  all.emplace("delete", std::make_unique<QueueDelete>(queue.helper(), options, *database));
  EvidenceOptions kept;
  kept.folder = queue.folder.file("kept");
  kept.helper = QueueHelper{.command = {its_helper}, .default_domain = {}, .server = {}};
  all.emplace("evidence", std::make_unique<EvidenceAction>(std::move(kept), *database));
  const Actions actions(std::move(all));
  Outbox outbox(*database);
  Timestamp now = kSundayAtThree + std::chrono::minutes{1};
  Worker worker(actions,
                {.outbox = outbox, .clock = [&now] { return now; }, .give_up_after = std::chrono::days{3}});
  const auto work = [&] {
    now += std::chrono::minutes{20};
    for (int i = 0; i < 3; ++i) (void)worker.step();
  };
  queue.set("broken");
  for (int i = 0; i < 3; ++i) work();
  EXPECT_THAT(queue.ids(), ElementsAre("m1", "m2"));
  EXPECT_EQ(rows().back().error, "evidence has not kept the evidence yet; its mail stays until then");
  queue.unset("broken");
  work();
  work();
  EXPECT_THAT(queue.ids(), IsEmpty());
  EXPECT_THAT(rows().front().says, HasSubstr("2 of them messages"));
  EXPECT_EQ(rows().back().state, OutboxState::kDone);
}

}  // namespace
}  // namespace postreeve
