#include "mail/encoded_word.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace postreeve {
namespace {

std::string in_q(const std::string& bytes) {
  constexpr std::string_view kDigits = "0123456789ABCDEF";
  std::string text;
  for (char c : bytes) {
    text += '=';
    text += kDigits[static_cast<unsigned char>(c) >> 4];
    text += kDigits[static_cast<unsigned char>(c) & 0xf];
  }
  return text;
}

std::string in_b(const std::string& bytes) {
  constexpr std::string_view kDigits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string text;
  for (std::size_t i = 0; i < bytes.size(); i += 3) {
    std::size_t bits = 0;
    for (std::size_t j = i; j < i + 3; ++j)
      bits = bits << 8 | (j < bytes.size() ? static_cast<unsigned char>(bytes[j]) : 0U);
    for (std::size_t j = 0; j < 4; ++j)
      text += i + j > bytes.size() ? '=' : kDigits[bits >> (18 - 6 * j) & 63];
  }
  return text;
}

TEST(EncodedWord, IsDecodedToUtf8) {
  const std::pair<const char*, const char*> cases[] = {
      {"=?UTF-8?Q?caf=C3=A9?=", "café"},
      {"=?utf-8?b?Y2Fmw6k=?=", "café"},
      {"=?iso-8859-1?q?caf=E9_au_lait?=", "café au lait"},
      {"=?windows-1252?Q?=80_5?=", "€ 5"},
      {"=?utf-8*fr?Q?caf=c3=a9?=", "café"},
      {"=?us-ascii?Q?plain?=", "plain"},
      {"Le =?UTF-8?Q?caf=C3=A9?= noir", "Le café noir"},
      {"=?UTF-8?Q?a?= =?UTF-8?Q?b?=", "ab"},  // RFC 2047 8
      {"=?UTF-8?Q?a?=\r\n =?UTF-8?Q?b?= c", "ab c"},
      {"=?UTF-8?Q?=C3?= =?UTF-8?Q?=A9?=", "é"},  // a character cut in two
      {"=?UTF-8?B?w6k?=", "é"},                  // without padding
      {"\"=?UTF-8?Q?caf=C3=A9?=\"", "\"café\""},
      {"=?UTF-8?Q?a=ZZb=?=", "a=ZZb="},
  };
  for (const auto& [text, expected] : cases) EXPECT_EQ(decode_header_text(text), expected) << text;
}

TEST(EncodedWord, StaysAsWrittenWhenItIsNoneOrUnknown) {
  for (const char* text : {"=?koi8-r?Q?=C1?=", "=?UTF-8?X?a?=", "=?UTF-8?Q?a", "=?UTF-8?Q", "=?",
                           "=?"
                           "?=",
                           "=?UTF-8?Q?a b?=", "1 =? 2"}) {
    EXPECT_EQ(decode_header_text(text), text);
  }
}

TEST(EncodedWord, NeverBringsControlsOrBrokenUtf8) {
  EXPECT_EQ(decode_header_text("=?UTF-8?Q?a=00=1B[2J?="), "a  [2J");
  EXPECT_EQ(decode_header_text("a\xc2\x9b"
                               "b"),
            "a b");  // a C1 control sequence introducer
  EXPECT_EQ(decode_header_text("caf\xe9"), "caf\xef\xbf\xbd");
  EXPECT_EQ(decode_header_text("\xc0\xaf"), "\xef\xbf\xbd\xef\xbf\xbd");  // overlong
  EXPECT_EQ(decode_header_text("\xed\xa0\x80").size(), 9U);               // a surrogate
  EXPECT_EQ(decode_header_text("\xf0\x9f\x98\x80"), "\xf0\x9f\x98\x80");
  EXPECT_EQ(decode_header_text("\xf4\x90\x80\x80").size(), 12U);  // beyond U+10FFFF
}

TEST(EncodedWord, HasALengthWhateverItsCharset) {
  EXPECT_EQ(encoded_word_length("=?koi8-r?Q?=C1?= rest"), 16U);
  EXPECT_EQ(encoded_word_length("x =?koi8-r?Q?=C1?="), 0U);
  EXPECT_EQ(encoded_word_length("=?a?Q?b c?="), 0U);
}

RC_GTEST_PROP(EncodedWord, GivesBackWhatWasEncoded, (const std::vector<std::uint16_t>& points)) {
  // Any text of one to three bytes a character, without controls.
  std::string text;
  for (std::uint16_t p : points) {
    if (p < 0xa0)
      text += static_cast<char>(' ' + p % 95);
    else if (p < 0x800)
      text.append(1, static_cast<char>(0xc0 | p >> 6)).append(1, static_cast<char>(0x80 | (p & 0x3f)));
    else
      text += "\xe2\x82\xac";
  }
  RC_ASSERT(decode_header_text("=?UTF-8?Q?" + in_q(text) + "?=") == text);
  RC_ASSERT(decode_header_text("=?UTF-8?B?" + in_b(text) + "?=") == text);
}

RC_GTEST_PROP(EncodedWord, IsBoundedAndCleanForAnyBytes, ()) {
  const auto text = *rc::gen::container<std::string>(
      rc::gen::oneOf(rc::gen::arbitrary<char>(), rc::gen::elementOf(std::string("=?QB?=utf-8_ ")),
                     rc::gen::elementOf(std::string("\xe2\x82\xac\xc3"))));
  const std::string decoded = decode_header_text(text);
  RC_ASSERT(decoded.size() <= 3 * text.size());
  RC_ASSERT(decode_header_text(decoded).size() <= decoded.size());  // valid UTF-8 does not grow
}

}  // namespace
}  // namespace postreeve
