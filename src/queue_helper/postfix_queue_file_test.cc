#include "queue_helper/postfix_queue_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "queue_helper/queue_file_testing.h"

namespace postreeve {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

QueuedMessage read(const std::string& file) {
  const auto message = read_postfix_envelope(file, true, 100);
  EXPECT_TRUE(message) << message.error().detail;
  return message.value_or(QueuedMessage{});
}

std::string small_file() {
  return QueueFileMaker().envelope("Anna", "anna@shop.example").recipients().message().bytes();
}

TEST(PostfixEnvelope, SaysWhoseMailItIsAndWhereItGoes) {
  const QueuedMessage message = read(small_file());
  EXPECT_EQ(message.login, "Anna");
  EXPECT_EQ(message.sender, "anna@shop.example");
  EXPECT_EQ(message.client_address, "198.51.100.7");
  EXPECT_EQ(message.arrived, 1'772'334'000'250'000);
  EXPECT_EQ(message.created, 1'772'334'001);
  EXPECT_EQ(message.size, 256U);
  EXPECT_THAT(message.recipients, ElementsAre("b@ok.test"));
  EXPECT_EQ(message.open_recipients, 1U);
  EXPECT_EQ(message.done_recipients, 1U);
  EXPECT_FALSE(message.is_local);
}

TEST(PostfixEnvelope, KnowsWhatTheServerItselfMade) {
  QueueFileMaker file;
  file.record('C', "1 2 1 0 1 0").record('T', "1772334000").record('A', "log_message_origin=local");
  const QueuedMessage message = read(file.record('S', "").record('R', "anna@shop.example").message().bytes());
  EXPECT_TRUE(message.is_local);
  EXPECT_EQ(message.sender, "");
  EXPECT_EQ(message.created, 1'772'334'000) << "without create_time it is the arrival";
}

TEST(PostfixEnvelope, BelievesNoLoginThatIsSaidInTwoWays) {
  QueueFileMaker file;
  file.envelope("anna", "x@x.example").record('A', "sasl_username=bob").recipients();
  EXPECT_EQ(read(file.message().bytes()).login, "");
}

TEST(PostfixEnvelope, TakesNoLoginOutOfTheMessage) {
  QueueFileMaker file;
  file.envelope("", "x@x.example").recipients().record('M', "").record('N', "A\x16sasl_username=anna");
  file.record('A', "sasl_username=anna").record('X', "").record('A', "sasl_username=anna").record('E', "");
  EXPECT_EQ(read(file.bytes()).login, "");
}

TEST(PostfixEnvelope, AsksForMoreWhenTheFrontIsTooShort) {
  const std::string file = small_file();
  for (std::size_t size = 0; size < file.find('M'); ++size) {
    const auto message = read_postfix_envelope(file.substr(0, size), false, 100);
    ASSERT_FALSE(message) << size;
    EXPECT_EQ(message.error().code, ErrorCode::kLimitExceeded) << size;
  }
}

TEST(PostfixEnvelope, FindsRecipientsThatAMilterAdded) {
  QueueFileMaker file;
  file.record('C', "1 2 2 0 1 0")
      .record('T', "1772334000 1")
      .record('S', "a@x.example")
      .record('R', "b@ok.test");
  file.record('M', "").record('N', "Subject: x").record('X', "").record('R', "late@ok.test").record('E', "");
  EXPECT_THAT(read(file.bytes()).recipients, ElementsAre("b@ok.test", "late@ok.test"));
}

TEST(PostfixEnvelope, ListsAsManyRecipientsAsAskedForAndCountsAll) {
  QueueFileMaker file;
  file.envelope("anna", "a@x.example");
  for (int i = 0; i < 50; ++i) file.record('R', "r@ok.test");
  const auto message = read_postfix_envelope(file.message().bytes(), true, 3);
  EXPECT_EQ(message->recipients.size(), 3U);
  EXPECT_EQ(message->open_recipients, 50U);
}

TEST(PostfixEnvelope, RefusesWhatIsNoQueueFile) {
  for (const std::string file : {"", "hello", "C\x05", "Cx", "C\xff\xff\xff\xff\xff\xff"}) {
    const auto message = read_postfix_envelope(file, true, 10);
    ASSERT_FALSE(message) << file;
    EXPECT_EQ(message.error().code, ErrorCode::kCorrupt);
  }
}

TEST(PostfixContent, IsTheMessageWithItsLineBreaks) {
  EXPECT_EQ(*read_postfix_content(small_file()), "Subject: hello\n\na long line\n");
}

TEST(PostfixContent, FollowsPointersToWhatAMilterChanged) {
  QueueFileMaker file;
  file.envelope("anna", "a@x.example").record('R', "b@ok.test").record('M', "").record('N', "Subject: x");
  const std::size_t there = file.pointer(0);
  file.record('w', "old header").record('N', "X-Old: 1");
  const std::size_t back = file.bytes().size();
  file.record('N', "").record('N', "body").record('X', "").record('E', "");
  file.point(there, file.bytes().size());
  file.record('N', "X-New: 2");
  file.pointer(back);
  EXPECT_EQ(*read_postfix_content(file.bytes()), "Subject: x\nX-New: 2\n\nbody\n");
}

TEST(PostfixContent, DoesNotGoInCircles) {
  QueueFileMaker file;
  file.envelope("anna", "a@x.example").record('R', "b@ok.test").record('M', "");
  const std::size_t loop = file.bytes().size();
  file.record('N', "again");
  file.pointer(loop);
  EXPECT_EQ(read_postfix_content(file.bytes()).error().code, ErrorCode::kCorrupt);
}

RC_GTEST_PROP(PostfixQueueFile, BearsAnyBytes, (const std::string& bytes, bool is_whole)) {
  const std::string file = "C" + bytes;
  (void)read_postfix_envelope(file, is_whole, 10);
  (void)read_postfix_content(file);
}

RC_GTEST_PROP(PostfixQueueFile, BearsAFileWithAnyByteChanged, (unsigned at, char byte)) {
  std::string file = small_file();
  file[at % file.size()] = byte;
  (void)read_postfix_envelope(file, true, 10);
  (void)read_postfix_content(file);
}

TEST(QueueIds, AreLettersAndDigitsAndNeverAll) {
  EXPECT_TRUE(is_postfix_queue_id("4jccfS4pwcz1bY5m"));
  EXPECT_TRUE(is_postfix_queue_id("0123456789AB"));
  for (const char* text :
       {"", "ALL", "-", "../../etc", "4jccfS4p wcz", "4jccfS4p\n", "4jccfS4pwcz1bY5m/", "ALL hold"})
    EXPECT_FALSE(is_postfix_queue_id(text)) << text;
  EXPECT_TRUE(is_exim_message_id("1xUvDu-0003Kj-2j"));
  EXPECT_TRUE(is_exim_message_id("1xUvDu-0000000CkHm-2jkl"));
  for (const char* text : {"", "-Mrm", "1xUvDu-0003Kj-2", "1xUvDu-0003Kj-2j-", "1xUvDu/0003Kj/2j"})
    EXPECT_FALSE(is_exim_message_id(text)) << text;
}

}  // namespace
}  // namespace postreeve
