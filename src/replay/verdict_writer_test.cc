#include "replay/verdict_writer.h"

#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>

#include <gtest/gtest.h>

namespace postreeve {
namespace {

std::string temporary_file() {
  std::string name = ::testing::TempDir() + "postreeve-verdicts-XXXXXX";
  ::close(mkstemp(name.data()));
  return name;
}

std::string content_of(const std::string& file) {
  std::ifstream in(file);
  return {std::istreambuf_iterator<char>(in), {}};
}

TEST(VerdictWriter, WritesALineForEachSubmissionAndIncident) {
  const std::string file = temporary_file();
  auto writer = VerdictWriter::open(file);
  ASSERT_TRUE(writer);
  Submission submission;
  submission.time = *parse_rfc3339("2026-03-02T08:00:00.007Z");
  submission.account = *AccountId::from_login("a@x.example", "");
  submission.queue_id = "4Q\"1";
  MessageOutcome outcome;
  outcome.action = Action::kDefer;
  outcome.recipients_accepted = 1;
  outcome.recipients_deferred = 2;
  outcome.risk = 1.5;
  outcome.standing.level = Level::kSlowed;
  writer->write(submission, outcome);
  StandingChange change;
  change.time = submission.time + std::chrono::milliseconds{900};
  change.after.level = Level::kSlowed;
  change.after.incident = {0xabc};
  change.outgo = {3, 4, 0};
  writer->write(submission.account, change);
  EXPECT_FALSE(writer->close());
  EXPECT_EQ(
      content_of(file),
      R"({"time":"2026-03-02T08:00:00.007Z","queue_id":"4Q\"1","account":"a@x.example","action":"defer",)"
      R"("recipients_accepted":1,"recipients_deferred":2,"risk":1.5,"standing":"slowed","evidence":[]})"
      "\n"
      R"({"time":"2026-03-02T08:00:00.907Z","incident":"0000000000000abc","account":"a@x.example",)"
      R"("standing":"slowed","messages_out":3,"recipients_out":4})"
      "\n");
  std::filesystem::remove(file);
}

TEST(VerdictWriter, TellsThatTheDiskIsFull) {
  auto writer = VerdictWriter::open("/dev/full");
  ASSERT_TRUE(writer);
  writer->write(Submission{}, MessageOutcome{});
  const auto error = writer->close();
  ASSERT_TRUE(error);
  EXPECT_EQ(error->detail, "writing failed: No space left on device");
}

TEST(VerdictWriter, CannotWriteIntoADirectoryThatIsNotThere) {
  const auto writer = VerdictWriter::open("no/such/directory/verdicts");
  ASSERT_FALSE(writer);
  EXPECT_EQ(writer.error().code, ErrorCode::kInvalidInput);
}

}  // namespace
}  // namespace postreeve
