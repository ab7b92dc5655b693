#include "gate/milter_codec.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "gate/milter_testing.h"

namespace postreeve::milter {
namespace {

std::string bytes(std::initializer_list<int> values) {
  std::string text;
  for (int value : values) text.push_back(static_cast<char>(value));
  return text;
}
TEST(MilterFrame, IsWholeWhenItsLengthIsThere) {
  const std::string frame = bytes({0, 0, 0, 3, 'H', 'x', 0});
  for (std::size_t size = 1; size < frame.size(); ++size) {
    EXPECT_EQ(*frame_size(std::string_view(frame).substr(0, size)), 0U);
  }
  EXPECT_EQ(*frame_size(frame + "more"), 7U);
  EXPECT_EQ(split_frame(frame).command, Command::kHelo);
  EXPECT_EQ(parse_text(split_frame(frame).data), "x");
}

TEST(MilterFrame, IsRefusedWhenItIsEmptyOrHuge) {
  EXPECT_EQ(frame_size(bytes({0, 0, 0, 0})).error().code, ErrorCode::kInvalidInput);
  EXPECT_EQ(frame_size(bytes({0, 4, 0, 0})).error().code, ErrorCode::kLimitExceeded);
  EXPECT_EQ(frame_size(bytes({0xff, 0xff, 0xff, 0xff})).error().code, ErrorCode::kLimitExceeded);
  EXPECT_EQ(*frame_size(bytes({0, 3, 0xff, 0xfc})), 0U);
}

TEST(MilterNegotiation, AgreesToNoMoreThanIsOffered) {
  const auto offer = parse_offer(bytes({0, 0, 0, 2, 0, 0, 0, 0x3f, 0, 0, 0, 0x7f}));
  ASSERT_TRUE(offer);
  const Offer agreed = agree(*offer, kAddsHeaders | kQuarantines | kChoosesMacros, kNoReplyToBody | kNoHelo);
  EXPECT_EQ(agreed.version, 2U);
  EXPECT_EQ(agreed.actions, 0x21U);
  EXPECT_EQ(agreed.protocol, 0x2U);
  std::string out;
  append_agreement(out, agreed, {{3, "i"}});
  EXPECT_EQ(out, bytes({0, 0, 0, 13, 'O', 0, 0, 0, 2, 0, 0, 0, 0x21, 0, 0, 0, 2}));
  EXPECT_EQ(agree({99, 0, 0}, 0, 0).version, 6U);
}

TEST(MilterNegotiation, AsksForMacrosWhereItMay) {
  std::string out;
  append_agreement(out, {6, kChoosesMacros, 0}, {{3, "i {auth_authen}"}});
  EXPECT_EQ(out.substr(17), bytes({0, 0, 0, 3}) + zero_ended({"i {auth_authen}"}));
}

TEST(MilterNegotiation, RefusesAVersionBeforeTwo) {
  EXPECT_FALSE(parse_offer(bytes({0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0})));
  EXPECT_FALSE(parse_offer(bytes({0, 0, 0, 6, 0, 0, 0, 0})));
}

TEST(MilterMacros, AreReadWithTheirStage) {
  const std::string data = "M" + zero_ended({"i", "4jX8", "{auth_authen}", "alice", "{empty}", ""});
  const auto macros = parse_macros(data);
  ASSERT_TRUE(macros);
  EXPECT_EQ(macros->stage, Command::kMail);
  ASSERT_EQ(macros->values.size(), 3U);
  EXPECT_EQ(macros->values[0].name, "i");
  EXPECT_EQ(macros->values[1].name, "auth_authen");
  EXPECT_EQ(macros->values[1].value, "alice");
  EXPECT_EQ(macros->values[2].value, "");
  EXPECT_FALSE(parse_macros(""));
  EXPECT_FALSE(parse_macros("M" + zero_ended({"i"})));
  EXPECT_FALSE(parse_macros("Mi"));
  EXPECT_TRUE(parse_macros("M"));
}

TEST(MilterClient, IsReadForEachFamily) {
  const std::string data =
      zero_ended({"[192.0.2.7]"}) + "4" + bytes({0x8f, 0x49}) + zero_ended({"192.0.2.7"});
  const auto v4 = parse_client(data);
  ASSERT_TRUE(v4);
  EXPECT_EQ(v4->name, "[192.0.2.7]");
  EXPECT_EQ(v4->address, "192.0.2.7");
  EXPECT_EQ(v4->port, 36681);
  EXPECT_EQ(parse_client(zero_ended({"x"}) + "U")->address, "");
  EXPECT_FALSE(parse_client(zero_ended({"x"})));
  EXPECT_FALSE(parse_client(zero_ended({"x"}) + "4" + bytes({1})));
  EXPECT_FALSE(parse_client("x"));
}

TEST(MilterArguments, AreAnAddressAndParameters) {
  const std::string data = zero_ended({"<a@x.example>", "SIZE=300"});
  EXPECT_EQ(*parse_arguments(data), (std::vector<std::string_view>{"<a@x.example>", "SIZE=300"}));
  EXPECT_FALSE(parse_arguments(""));
  EXPECT_FALSE(parse_arguments("<a@x.example>"));
  std::string many;
  for (int i = 0; i < 1000; ++i) many += zero_ended({"x"});
  EXPECT_EQ(parse_arguments(many)->size(), kMostArguments);
}

TEST(MilterReply, DoublesPercentSignsAndStaysOneLine) {
  std::string out;
  append_reply_code(out, "451 4.7.1 100%\r\nsure");
  EXPECT_EQ(out.substr(4), "y" + zero_ended({"451 4.7.1 100%%  sure"}));
  out.clear();
  append_header(out, "X-Postreeve", "a\nb");
  EXPECT_EQ(out.substr(4), "h" + zero_ended({"X-Postreeve", "a b"}));
  out.clear();
  append_quarantine(out, "held");
  EXPECT_EQ(out.substr(4), "q" + zero_ended({"held"}));
}

RC_GTEST_PROP(MilterFrame, ReadsBackWhatItWrote, (const std::string& data)) {
  std::string out;
  append_frame(out, 'B', data);
  RC_ASSERT(*frame_size(out + "x") == out.size());
  RC_ASSERT(split_frame(out).command == Command::kBody);
  RC_ASSERT(split_frame(out).data == data);
}

}  // namespace
}  // namespace postreeve::milter
