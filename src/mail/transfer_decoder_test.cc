#include "mail/transfer_decoder.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace postreeve {
namespace {

std::string decoded(TransferEncoding encoding, std::string_view text, std::size_t piece = 1000) {
  TransferDecoder decoder(encoding);
  std::string out;
  for (; !text.empty(); text.remove_prefix(std::min(piece, text.size())))
    decoder.decode(text.substr(0, piece), out);
  decoder.finish(out);
  return out;
}

TEST(TransferDecoder, DecodesBase64) {
  const std::pair<const char*, const char*> cases[] = {
      {"aGVsbG8=", "hello"},
      {"aGVs\r\nbG8=\r\n", "hello"},
      {"aGVsbG8", "hello"},
      {"aGk=aGk=", "hihi"},
      {"a G!k=", "hi"},
      {"a", ""},
      {"", ""},
  };
  for (const auto& [text, expected] : cases)
    EXPECT_EQ(decoded(TransferEncoding::kBase64, text), expected) << text;
}

TEST(TransferDecoder, DecodesQuotedPrintable) {
  const std::pair<const char*, const char*> cases[] = {
      {"caf=C3=a9", "caf\xc3\xa9"},
      {"a=\r\nb", "ab"},
      {"a=\nb", "ab"},
      {"a=ZZ", "a=ZZ"},
      {"a=4", "a=4"},
      {"a=", "a"},
      {"a==41", "a=A"},
      {"a=4=41", "a=4A"},
      {"a\r\nb", "a\r\nb"},
      {"=\rx", "=\rx"},
      {"100%", "100%"},
  };
  for (const auto& [text, expected] : cases) {
    EXPECT_EQ(decoded(TransferEncoding::kQuotedPrintable, text), expected) << text;
  }
}

TEST(TransferDecoder, KnowsTheEncodingsNames) {
  EXPECT_EQ(transfer_encoding_from_text(" Base64\r\n"), TransferEncoding::kBase64);
  EXPECT_EQ(transfer_encoding_from_text("QUOTED-PRINTABLE"), TransferEncoding::kQuotedPrintable);
  EXPECT_EQ(transfer_encoding_from_text("x-uuencode"), TransferEncoding::kIdentity);
}

RC_GTEST_PROP(TransferDecoder, GivesTheSameHoweverTheTextIsCut, ()) {
  const auto text =
      *rc::gen::container<std::string>(rc::gen::element('=', '4', '1', 'Z', '\r', '\n', ' ', '\xff'));
  const auto piece = *rc::gen::inRange<std::size_t>(1, 9);
  for (TransferEncoding encoding :
       {TransferEncoding::kIdentity, TransferEncoding::kBase64, TransferEncoding::kQuotedPrintable}) {
    const std::string whole = decoded(encoding, text);
    RC_ASSERT(decoded(encoding, text, piece) == whole);
    RC_ASSERT(whole.size() <= text.size());
  }
}

}  // namespace
}  // namespace postreeve
