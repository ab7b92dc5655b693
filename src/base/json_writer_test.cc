#include "base/json_writer.h"

#include <limits>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "base/printable.h"

namespace postreeve {
namespace {

template <typename Write>
std::string json(Write write, JsonWriter::Style style = JsonWriter::Style::kLine) {
  fmt::memory_buffer buffer;
  JsonWriter writer(buffer, style);
  write(writer);
  return {buffer.data(), buffer.size()};
}

std::string text(std::string_view value) {
  return json([&](JsonWriter& writer) { writer.text(value); });
}
std::string decimal(double value) {
  return json([&](JsonWriter& writer) { writer.decimal(value); });
}

void write_sample(JsonWriter& writer) {
  writer.begin_object()
      .key("a")
      .number(1)
      .key("b")
      .begin_array()
      .text("x")
      .null()
      .begin_object()
      .end_object()
      .end_array();
  writer.key("c").begin_array().end_array().end_object();
}

TEST(JsonWriter, PutsCommasWhereTheyBelong) {
  EXPECT_EQ(json(write_sample), R"({"a":1,"b":["x",null,{}],"c":[]})");
}

TEST(JsonWriter, Indents) {
  EXPECT_EQ(json(write_sample, JsonWriter::Style::kIndent),
            "{\n  \"a\": 1,\n  \"b\": [\n    \"x\",\n    null,\n    {}\n  ],\n  \"c\": []\n}");
}

TEST(JsonWriter, EscapesWhatItMust) {
  EXPECT_EQ(text("a\"b\\c\n\t\x01\x7f"), "\"a\\\"b\\\\c\\n\\t\\u0001\\u007f\"");
  EXPECT_EQ(text("Gr\xc3\xbc\xc3\x9f"
                 "e"),
            "\"Gr\xc3\xbc\xc3\x9f"
            "e\"");
  EXPECT_EQ(text("\xff\xc3(\xed\xa0\x80"), "\"\\ufffd\\ufffd(\\ufffd\\ufffd\\ufffd\"");
}

TEST(JsonWriter, WritesNumbersAsPeopleDo) {
  EXPECT_EQ(decimal(0), "0");
  EXPECT_EQ(decimal(7.25), "7.25");
  EXPECT_EQ(decimal(-3.5), "-3.5");
  EXPECT_EQ(decimal(-0.001), "0");
  EXPECT_EQ(decimal(0.05), "0.05");
  EXPECT_EQ(decimal(std::numeric_limits<double>::infinity()), "null");
}

// Every text that comes out is ASCII and UTF-8 only, whatever went in.
RC_GTEST_PROP(JsonWriter, WritesValidUtf8OfAnyBytes, (const std::string& bytes)) {
  const std::string written = text(bytes);
  std::string_view rest = written;
  while (!rest.empty()) {
    const std::size_t length = utf8_length(rest);
    RC_ASSERT(length > 0);
    RC_ASSERT(static_cast<unsigned char>(rest.front()) >= 0x20);
    rest.remove_prefix(length);
  }
}

TEST(Printable, DisarmsTerminals) {
  EXPECT_EQ(printable("a\x1b[31mb"), "a?[31mb");
  EXPECT_EQ(printable("a\xc2\x9b"
                      "b"),
            "a?b");
  EXPECT_EQ(printable("\xe6\x97\xa5\xe6\x9c\xac"), "\xe6\x97\xa5\xe6\x9c\xac");
  EXPECT_EQ(characters("\xe6\x97\xa5\xe6\x9c\xac"), 2U);
  EXPECT_EQ(printable("\xf5"), "\xef\xbf\xbd");
}

}  // namespace
}  // namespace postreeve
