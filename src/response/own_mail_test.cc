#include "response/own_mail.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "base/ascii.h"
#include "base/printable.h"
#include "mail/encoded_word.h"
#include "response/outside_text.h"
#include "response/response_testing.h"

namespace postreeve {
namespace {

using ::testing::Each;
using ::testing::HasSubstr;
using ::testing::Le;
using ::testing::Not;
using ::testing::SizeIs;
using ::testing::StartsWith;

std::vector<std::string> lines_of(std::string_view text) {
  std::vector<std::string> lines;
  while (!text.empty()) {
    const std::size_t end = text.find("\r\n");
    lines.emplace_back(text.substr(0, end));
    if (end == std::string_view::npos) break;
    text.remove_prefix(end + 2);
  }
  return lines;
}

std::string unfolded(std::string text) {
  for (std::size_t at = 0; (at = text.find("\r\n ", at)) != std::string::npos;) text.erase(at, 2);
  return text;
}

OwnMail mail(std::string subject) {
  return {.from = *parse_own_mailbox("Abuse desk <abuse@hoster.example>"),
          .to = *Address::parse("anna@shop.example"),
          .reply_to = {},
          .subject = std::move(subject),
          .message_id = own_message_id({0xc0ffee00}, 17, *Address::parse("abuse@hoster.example")),
          .references = {},
          .language = "en",
          .date = kSundayAtThree};
}

// RFC 2045 6.7, for lines as we make them.
std::string decoded(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\r') continue;
    if (text[i] != '=') {
      out += text[i];
    } else if (text[i + 1] == '\r') {
      i += 2;
    } else {
      out += static_cast<char>(hex_value(text[i + 1]) * 16 + hex_value(text[i + 2]));
      i += 2;
    }
  }
  return out;
}

TEST(OwnMail, HasTheHeadersThatKeepMachinesFromAnswering) {
  OwnMail made = mail("Hello");
  made.references = {"<first@hoster.example>"};
  made.is_bulk = true;
  EXPECT_EQ(mail_headers(made),
            "Date: Sun, 01 Mar 2026 03:00:00 +0000\r\n"
            "From: \"Abuse desk\" <abuse@hoster.example>\r\n"
            "To: anna@shop.example\r\n"
            "Subject: Hello\r\n"
            "Message-ID: <postreeve.00000000c0ffee00.17@hoster.example>\r\n"
            "In-Reply-To: <first@hoster.example>\r\n"
            "References: <first@hoster.example>\r\n"
            "Content-Language: en\r\n"
            "Auto-Submitted: auto-generated\r\n"
            "X-Auto-Response-Suppress: All\r\n"
            "Precedence: bulk\r\n"
            "MIME-Version: 1.0\r\n");
}

RC_GTEST_PROP(OwnMail, GetsNoHeaderFromASubject, ()) {
  const std::string subject = *hostile_bytes();
  const std::vector<std::string> lines = lines_of(mail_headers(mail(subject)));
  const std::size_t expected = lines_of(mail_headers(mail("x"))).size();
  std::size_t fields = 0;
  for (const std::string& line : lines) {
    RC_ASSERT(line.size() <= 998U);
    RC_ASSERT(std::ranges::none_of(
        line, [](char c) { return is_control(c) || static_cast<unsigned char>(c) > 0x7e; }));
    if (!line.starts_with(' ')) ++fields;
  }
  RC_ASSERT(fields == expected);
}

RC_GTEST_PROP(HeaderText, IsReadAsItWasMeant, ()) {
  const std::string text = *hostile_bytes();
  const std::string wanted = outside_text(text, 400);
  const std::string read = decode_header_text(unfolded(header_text(text)));
  RC_ASSERT(trim(read) == trim(wanted));
}

TEST(HeaderText, IsFoldedSoThatNoLineIsLong) {
  for (const std::string_view word : {"wordy ", "übel ", "日本語"}) {
    std::string text;
    for (int i = 0; i < 100; ++i) text += word;
    EXPECT_THAT(lines_of(header_text(text)), Each(SizeIs(Le(76U)))) << word;
  }
}

TEST(QuotedPrintable, KeepsLinesShortAndSurvivesServers) {
  EXPECT_EQ(quoted_printable("From me\n.\nä = b \n"), "=46rom me\r\n=2E\r\n=C3=A4 =3D b=20\r\n");
  EXPECT_THAT(lines_of(quoted_printable(std::string(1'000, 'x'))), Each(SizeIs(Le(76U))));
}

RC_GTEST_PROP(QuotedPrintable, IsDecodedToWhatItWas, ()) {
  std::string text = *hostile_bytes();
  std::erase(text, '\r');
  if (!text.ends_with('\n')) text += '\n';
  const std::string encoded = quoted_printable(text);
  RC_ASSERT(decoded(encoded) == text);
  for (const std::string& line : lines_of(encoded)) RC_ASSERT(line.size() <= 76U);
}

// What a reader that knows RFC 3676 makes of it.
std::string joined(std::string_view entity) {
  const std::string text = decoded(entity.substr(entity.find("\r\n\r\n") + 4));
  std::string out;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = text.find('\n', at);
    std::string line = text.substr(at, end - at);
    if (line.starts_with(' ')) line.erase(0, 1);
    out += line;
    if (!line.ends_with(' ')) out += '\n';
    at = end + 1;
  }
  return out;
}

TEST(TextEntity, BreaksParagraphsForProgramsToJoinAgain) {
  std::string paragraph;
  for (int i = 0; i < 60; ++i) paragraph += "From a word ";
  paragraph += "end";
  const std::string text = "> no quote\n\n" + paragraph + "\n日本語は空白なしで長く続きます。\n";
  const std::string entity = text_entity(text);
  EXPECT_THAT(entity, StartsWith("Content-Type: text/plain; charset=utf-8; format=flowed\r\n"));
  EXPECT_EQ(joined(entity), text);
}

TEST(ParseOwnMailbox, TakesANameAndAnAddress) {
  EXPECT_EQ(parse_own_mailbox("abuse@hoster.example")->address.to_string(), "abuse@hoster.example");
  EXPECT_EQ(parse_own_mailbox("Größe <a@b.example>")->name, "Größe");
  for (const std::string_view wrong : {"", "abuse", "Abuse desk", "a@b.example\r\nBcc: c@d.example"})
    EXPECT_FALSE(parse_own_mailbox(wrong)) << wrong;
}

}  // namespace
}  // namespace postreeve
