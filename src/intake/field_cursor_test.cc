#include "intake/field_cursor.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <string>

namespace postreeve {
namespace {

TEST(FieldCursor, TakesLiteralsOnlyWhereTheyStand) {
  FieldCursor line("from=<a>, size=1");
  EXPECT_FALSE(line.take("size="));
  EXPECT_TRUE(line.take("from="));
  EXPECT_EQ(line.take_angle(), "a");
  EXPECT_TRUE(line.take(", size="));
  EXPECT_EQ(line.take_number(), 1U);
  EXPECT_TRUE(line.at_end());
}

TEST(FieldCursor, LeavesTheStopOfAWordAndDropsTheStopOfAText) {
  FieldCursor line("one two, three");
  EXPECT_EQ(line.take_word(), "one");
  EXPECT_EQ(line.peek(), ' ');
  EXPECT_EQ(line.take_until(", "), " two");
  EXPECT_EQ(line.take_before(','), "three");
  EXPECT_TRUE(line.at_end());
}

TEST(FieldCursor, StaysWhenThereIsNoStop) {
  FieldCursor line("abc");
  EXPECT_EQ(line.take_until(';'), std::nullopt);
  EXPECT_EQ(line.rest(), "abc");
}

struct AngleCase {
  const char* what;
  std::string_view line;
  std::optional<std::string_view> content;
};

TEST(FieldCursor, ReadsAnglesAsTheProgramWroteThem) {
  const AngleCase cases[] = {
      {"a plain address", "<a@x.example>, b", "a@x.example"},
      {"the null sender", "<>", ""},
      {"a quoted localpart with an angle", R"(<"> to=<z@z.test>, status=bounced (x"@ok.test> proto)",
       R"("> to=<z@z.test>, status=bounced (x"@ok.test)"},
      {"a quoted word behind a dot", R"(<a."b>c"@x.example>)", R"(a."b>c"@x.example)"},
      {"a quoted pair", R"(<"a\">b"@x.example>, c)", R"("a\">b"@x.example)"},
      {"a quote that is never closed", R"(<"a@x.example> to=<b@x.example>)", R"("a@x.example)"},
      {"a quote in the middle of a word", R"(<a"b@x.example> to=<c"d@x.example>)", R"(a"b@x.example)"},
      {"no closing angle", "<a@x.example", std::nullopt},
      {"no opening angle", "a@x.example>", std::nullopt},
  };
  for (const auto& c : cases) EXPECT_EQ(FieldCursor(c.line).take_angle(), c.content) << c.what;
}

TEST(FieldCursor, ReadsPeersWithAndWithoutPort) {
  FieldCursor line("mx.example[192.0.2.7]:25, unknown[2001:db8::7]: text");
  const auto first = line.take_client();
  ASSERT_TRUE(first);
  EXPECT_EQ(first->name, "mx.example");
  EXPECT_EQ(first->address, "192.0.2.7");
  EXPECT_EQ(first->port, "25");
  EXPECT_TRUE(line.take(", "));
  const auto second = line.take_client();
  ASSERT_TRUE(second);
  EXPECT_EQ(second->address, "2001:db8::7");
  EXPECT_EQ(second->port, "");
  EXPECT_EQ(line.rest(), ": text");
}

TEST(FieldCursor, DoesNotTakeAPeerFromALaterWord) {
  EXPECT_FALSE(FieldCursor("connect from unknown[192.0.2.7]").take_client());
  EXPECT_FALSE(FieldCursor("unknown[192.0.2.7").take_client());
}

TEST(FieldCursor, RefusesNumbersThatDoNotFit) {
  EXPECT_EQ(FieldCursor("18446744073709551615").take_number(), 18446744073709551615ULL);
  FieldCursor too_large("18446744073709551616");
  EXPECT_EQ(too_large.take_number(), std::nullopt);
  EXPECT_EQ(too_large.rest().size(), 20U);
  EXPECT_EQ(FieldCursor("x").take_number(), std::nullopt);
}

RC_GTEST_PROP(FieldCursor, NeverLosesABracketedText, (const std::string& before, const std::string& after)) {
  RC_PRE(before.find_first_of("<>\"") == std::string::npos);
  const std::string text = "<" + before + ">" + after;
  FieldCursor line(text);
  RC_ASSERT(line.take_angle() == std::string_view(before));
  RC_ASSERT(line.rest() == std::string_view(after));
}

}  // namespace
}  // namespace postreeve
