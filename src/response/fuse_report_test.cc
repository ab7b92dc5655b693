#include "response/fuse_report.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "response/response_testing.h"
#include "response/story.h"
#include "store/ledger/ledger_testing.h"

namespace postreeve {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

class FuseReportTest : public LedgerTest {
 protected:
  FuseReportTest() { start(); }
  // The daemon starts.
  void start() {
    report.reset();
    outbox.reset();
    reopen();
    outbox.emplace(*database);
    report.emplace(*outbox, std::vector<std::string>{"page", "desk"});
  }
  void live(bool is_out, Duration span = std::chrono::seconds{1}) {
    for (const Timestamp end = now + span; now < end; now += std::chrono::seconds{1})
      ASSERT_TRUE(report->look(is_out, 7, now));
  }
  [[nodiscard]] std::vector<Task> told() const {
    std::vector<Task> tasks;
    const auto rows = outbox->open(true, 100);
    for (const OutboxRow& row : *rows) tasks.push_back(*read_task(row));
    return tasks;
  }
  [[nodiscard]] std::vector<std::string> news() const {
    std::vector<std::string> lines;
    for (const Task& task : told()) lines.push_back(task.action + ' ' + std::string(to_text(task.about)));
    return lines;
  }

  Timestamp now = kSundayAtThree;
  std::optional<Outbox> outbox;
  std::optional<FuseReport> report;
};

TEST_F(FuseReportTest, TellsOnceThatItIsOutAndOnceThatItIsBack) {
  live(false, std::chrono::hours{1});
  EXPECT_THAT(news(), IsEmpty());
  live(true, std::chrono::hours{1});
  EXPECT_THAT(news(), ElementsAre("page fuse_out", "desk fuse_out"));
  live(false, FuseReport::kQuiet - std::chrono::seconds{1});
  EXPECT_THAT(news(), SizeIs(2)) << "it may go out again";
  live(false, std::chrono::hours{1});
  EXPECT_THAT(news(), ElementsAre("page fuse_out", "desk fuse_out", "page fuse_back", "desk fuse_back"));
  const auto tasks = told();
  EXPECT_EQ(tasks[3].incident, tasks[0].incident) << "one ticket for both";
}

TEST_F(FuseReportTest, IsOneStoryAsLongAsItComesAndGoes) {
  for (int i = 0; i < 20; ++i) {
    live(true);
    live(false, std::chrono::minutes{10});
  }
  EXPECT_THAT(news(), SizeIs(2));
}

TEST_F(FuseReportTest, IsAnotherStoryTheNextTime) {
  live(true);
  live(false, std::chrono::hours{1});
  live(true);
  EXPECT_THAT(news(), SizeIs(6));
  EXPECT_NE(told()[4].incident, told()[0].incident);
}

TEST_F(FuseReportTest, IsNotToldAgainAfterARestart) {
  live(true);
  start();
  live(true);
  EXPECT_THAT(news(), SizeIs(2));
  start();
  live(false, std::chrono::hours{1});
  EXPECT_THAT(news(), SizeIs(4));
  EXPECT_EQ(told()[3].incident, told()[0].incident);
}

TEST_F(FuseReportTest, IsToldByOneNodeOnly) {
  FuseReport other(*outbox, {"page", "desk"});
  ASSERT_TRUE(other.look(false, 0, now));
  live(true);
  other.leave_to_others();
  ASSERT_TRUE(other.look(true, 7, now));
  EXPECT_THAT(news(), SizeIs(2));
}

TEST_F(FuseReportTest, SaysWhatItMeansAndWhatToDo) {
  live(true);
  const Task task = told()[0];
  EXPECT_EQ(headline(task), "the fuse is out: nobody else is restricted");
  const std::string text = story(task, {});
  EXPECT_THAT(text, HasSubstr("7 accounts were restricted within an hour"));
  EXPECT_THAT(text, HasSubstr("geography"));
  EXPECT_THAT(text, HasSubstr("postreeve incident list --state open"));
  EXPECT_THAT(text, ::testing::Not(HasSubstr("incident show")));
}

TEST(ActionsOfTheFuse, AreThoseThatTellStaff) {
  std::vector<ConfiguredAction> configured;
  for (const std::string type : {"page", "queue", "staff_mail", "notice", "webhook", "evidence"})
    configured.push_back({type, ActionSettings("my_" + type)});
  EXPECT_THAT(actions_of_the_fuse(configured), ElementsAre("my_page", "my_staff_mail", "my_webhook"));
}

}  // namespace
}  // namespace postreeve
