#include "redis/resp.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace postreeve {
namespace {

RespValue read(std::string_view bytes) {
  RespReader reader;
  reader.feed(bytes);
  const auto value = reader.next();
  EXPECT_TRUE(value && *value) << bytes;
  return value && *value ? **value : RespValue{};
}

TEST(RespReader, ReadsEveryKindOfReply) {
  EXPECT_EQ(read("+OK\r\n"), (RespValue{.kind = RespValue::Kind::kStatus, .text = "OK"}));
  EXPECT_EQ(read("-ERR no\r\n"), (RespValue{.kind = RespValue::Kind::kError, .text = "ERR no"}));
  EXPECT_EQ(read(":-12\r\n"), (RespValue{.kind = RespValue::Kind::kInteger, .integer = -12}));
  EXPECT_EQ(read("$4\r\na\r\nb\r\n"), (RespValue{.kind = RespValue::Kind::kBytes, .text = "a\r\nb"}));
  EXPECT_EQ(read("$0\r\n\r\n"), RespValue{.kind = RespValue::Kind::kBytes});
  EXPECT_TRUE(read("$-1\r\n").is_nil());
  EXPECT_TRUE(read("*-1\r\n").is_nil());
  EXPECT_EQ(read("*0\r\n"), RespValue{.kind = RespValue::Kind::kArray});
}

TEST(RespReader, ReadsArraysWithinArrays) {
  const RespValue value = read("*2\r\n:7\r\n*2\r\n$1\r\nx\r\n$-1\r\n");
  ASSERT_EQ(value.items.size(), 2U);
  EXPECT_EQ(value.items[0].number(), 7);
  ASSERT_EQ(value.items[1].items.size(), 2U);
  EXPECT_EQ(value.items[1].items[0].text, "x");
  EXPECT_TRUE(value.items[1].items[1].is_nil());
}

TEST(RespReader, FindsTheNumberThatBytesSpell) {
  EXPECT_EQ(read("$2\r\n42\r\n").number(), 42);
  EXPECT_EQ(read("$2\r\n4x\r\n").number(), 0);
}

TEST(RespReader, RefusesWhatIsNoReply) {
  for (const std::string_view bytes : {"hello\r\n", "\r\n", "+OK\n", ":x\r\n", ":\r\n", "$-2\r\n",
                                       "$1\r\nabc", "*x\r\n", "$99999999999999999999\r\n", "\n"}) {
    RespReader reader;
    reader.feed(bytes);
    const auto value = reader.next();
    ASSERT_FALSE(value) << bytes;
    EXPECT_EQ(value.error().code, ErrorCode::kCorrupt);
  }
}

TEST(RespReader, AllocatesNothingForWhatIsOnlyAnnounced) {
  RespReader reader;
  reader.feed("*1000000000\r\n$1000000000\r\nabc");
  const auto value = reader.next();
  ASSERT_TRUE(value);
  EXPECT_FALSE(*value);
}

TEST(RespReader, RefusesAReplyThatIsTooLongOrTooDeep) {
  RespReader reader(1'000);
  reader.feed("$5000\r\n" + std::string(2'000, 'x'));
  ASSERT_FALSE(reader.next());
  std::string deep;
  for (int i = 0; i < 20; ++i) deep += "*1\r\n";
  RespReader other;
  other.feed(deep);
  EXPECT_FALSE(other.next());
}

RespValue any_value(int depth) {
  RespValue value;
  value.kind = static_cast<RespValue::Kind>(*rc::gen::inRange(0, depth > 0 ? 6 : 5));
  if (value.kind == RespValue::Kind::kInteger) value.integer = *rc::gen::arbitrary<std::int64_t>();
  if (value.kind == RespValue::Kind::kBytes) value.text = *rc::gen::arbitrary<std::string>();
  if (value.kind == RespValue::Kind::kStatus || value.kind == RespValue::Kind::kError)
    value.text = std::to_string(*rc::gen::arbitrary<int>());
  if (value.kind != RespValue::Kind::kArray) return value;
  for (int i = *rc::gen::inRange(0, 4); i > 0; --i) value.items.push_back(any_value(depth - 1));
  return value;
}

void write(std::string& bytes, const RespValue& value) {
  switch (value.kind) {
    case RespValue::Kind::kNil:
      bytes += "$-1\r\n";
      break;
    case RespValue::Kind::kStatus:
      bytes += "+" + value.text + "\r\n";
      break;
    case RespValue::Kind::kError:
      bytes += "-" + value.text + "\r\n";
      break;
    case RespValue::Kind::kInteger:
      bytes += ":" + std::to_string(value.integer) + "\r\n";
      break;
    case RespValue::Kind::kBytes:
      bytes += "$" + std::to_string(value.text.size()) + "\r\n" + value.text + "\r\n";
      break;
    case RespValue::Kind::kArray:
      bytes += "*" + std::to_string(value.items.size()) + "\r\n";
      for (const RespValue& item : value.items) write(bytes, item);
      break;
  }
}

RC_GTEST_PROP(RespReader, ReadsTheSameRepliesHoweverTheBytesArrive, ()) {
  std::vector<RespValue> values;
  std::string bytes;
  for (int i = *rc::gen::inRange(1, 5); i > 0; --i) {
    values.push_back(any_value(3));
    write(bytes, values.back());
  }
  RespReader reader;
  std::vector<RespValue> got;
  while (!bytes.empty()) {
    const std::size_t size = *rc::gen::inRange<std::size_t>(1, bytes.size() + 1);
    reader.feed(std::string_view(bytes).substr(0, size));
    bytes.erase(0, size);
    for (auto value = reader.next(); value && *value; value = reader.next()) got.push_back(**value);
  }
  RC_ASSERT(got == values);
  RC_ASSERT(reader.is_empty());
}

TEST(AppendCommand, WritesAnArrayOfBytes) {
  std::string wire;
  append_command(wire, {"SET", "k", "a\r\nb"});
  EXPECT_EQ(wire, "*3\r\n$3\r\nSET\r\n$1\r\nk\r\n$4\r\na\r\nb\r\n");
}

}  // namespace
}  // namespace postreeve
