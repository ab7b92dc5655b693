#include "response/outside_text.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>
#include <boost/json/parse.hpp>

#include "base/ascii.h"
#include "response/response_testing.h"
#include "store/ledger/rows.h"

namespace postreeve {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

TEST(OutsideText, LosesWhatIsNotSeenButChangesWhatIsSeen) {
  EXPECT_EQ(outside_text("exe\u202efdp.txt"), "exefdp.txt");
  EXPECT_EQ(outside_text("\u2067a\u2069\u200f\u200b\u2028\ufeff\u061cb\u00ad"), "ab");
  EXPECT_EQ(outside_text("a\U000e0041b"), "ab");
  EXPECT_EQ(outside_text("a\r\nBcc: b"), "a??Bcc: b");
  EXPECT_EQ(outside_text("Grüße, 日本 👍"), "Grüße, 日本 👍");
}

TEST(OutsideText, IsCutAtACharacter) {
  EXPECT_EQ(outside_text("aäöü", 4), "aä");
  EXPECT_LE(outside_text(std::string(1'000'000, 'x')).size(), 500U);
}

RC_GTEST_PROP(OutsideText, IsALineOfTextWhateverComes, ()) {
  const std::string line = outside_text(*hostile_bytes());
  RC_ASSERT(is_storable(line));
  RC_ASSERT(std::ranges::none_of(line, is_control));
  RC_ASSERT(line.size() <= 500U);
  RC_ASSERT(outside_text(line) == line);
}

TEST(ShellWord, QuotesWhatAShellWouldRead) {
  EXPECT_EQ(shell_word("anna@shop.example"), "anna@shop.example");
  EXPECT_EQ(shell_word("a;reboot@x"), "'a;reboot@x'");
  EXPECT_EQ(shell_word("o'hara@x"), "'o'\\''hara@x'");
  EXPECT_EQ(shell_word("-rf"), "'-rf'");
  EXPECT_EQ(shell_word(""), "''");
}

RC_GTEST_PROP(JsonEscaped, IsTheInsideOfAString, ()) {
  const std::string text = outside_text(*hostile_bytes());
  const auto parsed = boost::json::parse("\"" + json_escaped(text) + "\"");
  RC_ASSERT(std::string_view(parsed.as_string()) == text);
}

}  // namespace
}  // namespace postreeve
