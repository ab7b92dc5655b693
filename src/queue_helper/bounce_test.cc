#include "queue_helper/bounce.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace postreeve {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr const char* kPostfix =
    "From: MAILER-DAEMON@mx.example.test\n"
    "Auto-Submitted: auto-replied\n"
    "Message-Id: <4jcclH4hjDz1bYBj@mx.example.test>\n"
    "\n"
    "Reporting-MTA: dns; mx.example.test\n"
    "X-Postfix-Queue-ID: 4jcclF3FGJz1bYBX\n"
    "\n"
    "Subject: s\n"
    "Message-ID: <m@x>\n";

TEST(Bounce, NamesWhatCameBackByQueueIdAndMessageIdAndNotItself) {
  EXPECT_THAT(originals_of_bounce(kPostfix), ElementsAre("4jcclF3FGJz1bYBX", "<m@x>"));
}

TEST(Bounce, OfEximNamesWhatCameBackByReferences) {
  EXPECT_THAT(originals_of_bounce("X-Failed-Recipients: b@ok.test\r\nReferences: <m@x>\r\n\r\ntext\r\n"),
              ElementsAre("<m@x>"));
}

TEST(Bounce, IsNotWhatNoServerSaysItMade) {
  EXPECT_THAT(originals_of_bounce("Subject: hi\n\nX-Postfix-Queue-ID: 4jcclF3FGJz1bYBX\n"), IsEmpty());
  EXPECT_THAT(originals_of_bounce(""), IsEmpty());
}

TEST(Bounce, TakesNothingThatIsNoId) {
  EXPECT_THAT(
      originals_of_bounce("Auto-Submitted: x\n\nMessage-ID: <a b>\nX-Postfix-Queue-ID: ../x\nMessage-ID:\n"),
      IsEmpty());
}

TEST(Bounce, NamesAFewAtMost) {
  std::string content = "Auto-Submitted: x\n\n";
  for (int i = 0; i < 100; ++i) content += "Message-ID: <" + std::to_string(i) + "@x>\n";
  EXPECT_EQ(originals_of_bounce(content).size(), kMostBounceOriginals);
}

}  // namespace
}  // namespace postreeve
