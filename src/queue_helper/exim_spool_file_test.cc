#include "queue_helper/exim_spool_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace postreeve {
namespace {

using ::testing::ElementsAre;

constexpr std::string_view kFile =
    "1xUvE2-0003R8-2m-H\n"
    "Debian-exim 995 993\n"
    "<anna@shop.example>\n"
    "1772334000 0\n"
    "-received_time_usec .862492\n"
    "--helo_name laptop\n"
    "-host_address [198.51.100.7]:50859\n"
    "-aclc _pol 31\n"
    "action=HOLD\n"
    "--auth_id mallory\n\n"
    "\n"
    "-aclm _hold 1\n"
    "1\n"
    "--auth_id anna\n"
    "-frozen 1772334001\n"
    "YN r2@ok.test\n"
    "NN r1@ok.test\n"
    "3\n"
    "r1@ok.test\n"
    "r2@ok.test\n"
    "r3@ok.test dsn 0,-1#1\n"
    "\n"
    "030P Received: from laptop\n"
    "\tby mx;\n"
    "015* Subject: gone.\n"
    "011  Subject: x\n";

TEST(EximEnvelope, SaysWhoseMailItIsAndWhereItGoes) {
  const auto envelope = read_exim_envelope(kFile, 10);
  ASSERT_TRUE(envelope) << envelope.error().detail;
  const QueuedMessage& message = envelope->message;
  EXPECT_EQ(message.queue_id, "1xUvE2-0003R8-2m");
  EXPECT_EQ(message.login, "anna") << "not what a policy server's answer says";
  EXPECT_EQ(message.client_address, "198.51.100.7");
  EXPECT_EQ(message.sender, "anna@shop.example");
  EXPECT_EQ(message.queue, QueueName::kHold);
  EXPECT_EQ(message.arrived, 1'772'334'000'862'492);
  EXPECT_THAT(message.recipients, ElementsAre("r3@ok.test"));
  EXPECT_EQ(message.open_recipients, 1U);
  EXPECT_EQ(message.done_recipients, 2U);
}

TEST(EximEnvelope, HasTheHeaderAsItWouldBeDelivered) {
  EXPECT_EQ(read_exim_envelope(kFile, 10)->header, "Received: from laptop\n\tby mx;\nSubject: x\n");
}

TEST(EximEnvelope, RefusesWhatIsCutOff) {
  const std::size_t end = kFile.find("030P");
  for (std::size_t size = 0; size + 1 < end; ++size)
    EXPECT_FALSE(read_exim_envelope(kFile.substr(0, size), 10)) << size;
}

RC_GTEST_PROP(EximEnvelope, BearsAFileWithAnyByteChanged, (unsigned at, char byte)) {
  std::string file(kFile);
  file[at % file.size()] = byte;
  (void)read_exim_envelope(file, 10);
}

RC_GTEST_PROP(EximEnvelope, BearsAnyBytesBehindItsFirstLines, (const std::string& bytes)) {
  (void)read_exim_envelope("1xUvE2-0003R8-2m-H\nx 1 1\n<>\n1772334000 0\n" + bytes, 10);
}

}  // namespace
}  // namespace postreeve
