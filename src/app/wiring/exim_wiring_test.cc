#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "app/wiring/run_program.h"
#include "app/wiring/server_wiring.h"

namespace postreeve {
namespace {

using ::testing::HasSubstr;

TEST(EximWiring, HoldsWhatCannotTakeAnotherWay) {
  for (const std::string& lines : {exim_rcpt_lines("127.0.0.1:1"), exim_data_lines("127.0.0.1:1")}) {
    EXPECT_THAT(lines, HasSubstr("(hold|filter|redirect)"));
  }
}

// What people copy is what init writes and what is tested with a real Exim.
TEST(EximWiring, StandsInTheDocumentationAsItIsWritten) {
  const auto page = read_file(POSTREEVE_SOURCE_DIR "/docs/gates/postfix.md");
  ASSERT_TRUE(page);
  EXPECT_THAT(*page, HasSubstr("```\n" + exim_rcpt_lines("127.0.0.1:10040") + "```\n"));
  EXPECT_THAT(*page, HasSubstr("```\n" + exim_data_lines("127.0.0.1:10040") + "```\n"));
}

}  // namespace
}  // namespace postreeve
