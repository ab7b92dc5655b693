#include "mail/message_parser.h"

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace postreeve {
namespace {

std::string hex(const std::array<unsigned char, 32>& bytes) {
  std::string text;
  for (unsigned char byte : bytes) text += fmt::format("{:02x}", byte);
  return text;
}

// The body of a message given piece by piece.
ParsedMessage parse_in_pieces(std::string_view content_type, std::string_view body, std::size_t piece) {
  MessageParser parser;
  parser.header("Content-Type", content_type);
  for (; !body.empty(); body.remove_prefix(std::min(piece, body.size()))) parser.body(body.substr(0, piece));
  return parser.finish();
}

constexpr std::string_view kWithAttachment =
    "From: Alice <alice@x.example>\r\n"
    "To: bob@y.example\r\n"
    "Subject: =?utf-8?Q?caf=C3=A9?=\r\n folded\r\n"
    "Message-ID: <m1@x.example>\r\n"
    "In-Reply-To: <m0@y.example>\r\n"
    "References: <a@y.example>\r\n\t<m0@y.example>\r\n"
    "List-Unsubscribe: <mailto:off@x.example>\r\n"
    "X-Mailer: Thing 1\r\n"
    "MIME-Version: 1.0\r\n"
    "Content-Type: multipart/mixed; boundary=\"outer\"\r\n"
    "\r\n"
    "preamble http://preamble.example/\r\n"
    "--outer\r\n"
    "Content-Type: multipart/alternative;\r\n boundary=inner\r\n"
    "\r\n"
    "--inner\r\n"
    "Content-Type: text/plain; charset=utf-8\r\n"
    "Content-Transfer-Encoding: quoted-printable\r\n"
    "\r\n"
    "please look at http://www.shop.exam=\r\nple/a=3Db now\r\n"
    "--inner\r\n"
    "Content-Type: text/html\r\n"
    "\r\n"
    "<a href=\"https://Login.Bank.example:443/x\">here</a>\r\n"
    "--inner--\r\n"
    "--outer\r\n"
    "Content-Type: application/pdf; name=ignored.pdf\r\n"
    "Content-Disposition: attachment; filename*=utf-8''caf%C3%A9.pdf\r\n"
    "Content-Transfer-Encoding: base64\r\n"
    "\r\n"
    "aGVs\r\nbG8=\r\n"
    "--outer--\r\n"
    "epilogue\r\n";

TEST(MessageParser, ReadsFieldsTextsUrlsAndAttachments) {
  const ParsedMessage message = parse_message(kWithAttachment);
  EXPECT_EQ(message.from, "Alice <alice@x.example>");
  EXPECT_EQ(message.to, "bob@y.example");
  EXPECT_EQ(message.subject, "=?utf-8?Q?caf=C3=A9?= folded");
  EXPECT_EQ(message.message_id, "<m1@x.example>");
  const MessageContent& content = message.content;
  EXPECT_EQ(content.in_reply_to, "<m0@y.example>");
  EXPECT_EQ(content.references, 2U);
  EXPECT_EQ(content.list_unsubscribe, "<mailto:off@x.example>");
  EXPECT_EQ(content.mailer, "Thing 1");
  EXPECT_EQ(content.header_fields, 10U);
  EXPECT_EQ(content.media_type, "multipart/mixed");
  EXPECT_EQ(content.parts, 3U);
  EXPECT_EQ(content.depth, 2U);
  EXPECT_TRUE(content.has_text);
  EXPECT_TRUE(content.has_html);
  EXPECT_FALSE(content.is_cut);
  EXPECT_EQ(content.urls, 2U);
  EXPECT_EQ(content.url_hosts, (std::vector<std::string>{"www.shop.example", "login.bank.example"}));
  ASSERT_EQ(content.attachments.size(), 1U);
  EXPECT_EQ(content.attachments[0].media_type, "application/pdf");
  EXPECT_EQ(content.attachments[0].name, "café.pdf");
  EXPECT_EQ(content.attachments[0].size, 5U);
  EXPECT_EQ(hex(content.attachments[0].sha256),
            "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824");  // of "hello"
}

TEST(MessageParser, CountsAMessageWithoutMimeAsOneText) {
  const ParsedMessage message = parse_message("Subject: a\n\nhello\n");
  EXPECT_EQ(message.content.media_type, "text/plain");
  EXPECT_EQ(message.content.parts, 1U);
  EXPECT_EQ(message.content.depth, 0U);
  EXPECT_TRUE(message.content.has_text);
  EXPECT_TRUE(parse_message("").content.has_text);
}

TEST(MessageParser, DigestsABinaryAttachmentWithoutTheBoundarysLineBreak) {
  const ParsedMessage message = parse_message(
      "Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: "
      "application/x\r\n\r\nhe\r\nllo\r\n--b--");
  ASSERT_EQ(message.content.attachments.size(), 1U);
  EXPECT_EQ(message.content.attachments[0].size, 7U);
  const ParsedMessage alone = parse_message("Content-Type: application/x\r\n\r\nhe\r\nllo\r\n");
  EXPECT_EQ(alone.content.attachments[0].size, 9U);
}

TEST(MessageParser, KeepsTheFirstOfAFieldThatStandsTwice) {
  EXPECT_EQ(parse_message("From: one\nFrom: two\n\n").from, "one");
}

TEST(MessageParser, LooksIntoForwardedMessages) {
  const ParsedMessage message = parse_message(
      "Content-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: message/rfc822\n\n"
      "Subject: inside\nContent-Type: multipart/mixed; "
      "boundary=c\n\n--c\n\nhttp://inside.example\n--c--\n--b--\n");
  EXPECT_EQ(message.subject, "");
  EXPECT_EQ(message.content.url_hosts, std::vector<std::string>{"inside.example"});
  EXPECT_EQ(message.content.depth, 2U);
}

TEST(MessageParser, SaysWhatItCutAndGoesOn) {
  std::string nested = "Content-Type: multipart/mixed; boundary=b0\n\n";
  for (int i = 0; i < 100; ++i) {
    nested += fmt::format("--b{}\nContent-Type: multipart/mixed; boundary=b{}\n\n", i, i + 1);
  }
  const MessageContent deep = parse_message(nested).content;
  EXPECT_EQ(deep.depth, kMostDepth);
  EXPECT_TRUE(deep.is_cut);

  std::string wide = "Content-Type: multipart/mixed; boundary=b\n\n";
  for (int i = 0; i < 3000; ++i) wide += fmt::format("--b\nContent-Type: image/png\n\n{}\n", i);
  const MessageContent many = parse_message(wide + "--b--\n").content;
  EXPECT_EQ(many.parts, kMostParts);
  EXPECT_EQ(many.attachments.size(), kMostAttachments);
  EXPECT_EQ(many.attachment_count, kMostParts);
  EXPECT_TRUE(many.is_cut);
}

TEST(MessageParser, FindsLinksInAttachedHtmlButNoWords) {
  const MessageContent content =
      parse_message(
          "Content-Type: text/html; name=invoice.html\n\n"
          "<a href='https://phish.example/'>one two three four five six seven eight nine</a>")
          .content;
  EXPECT_EQ(content.url_hosts, std::vector<std::string>{"phish.example"});
  EXPECT_EQ(content.words, 0U);
  EXPECT_EQ(content.attachment_count, 1U);
}

RC_GTEST_PROP(MessageParser, GivesTheSameHoweverTheBodyIsCut, (const std::string& noise)) {
  const std::string_view whole = kWithAttachment;
  const std::size_t end = whole.find("\r\n\r\n") + 4;
  const std::string body = noise + "\n" + std::string(whole.substr(end)) + noise;
  constexpr std::string_view kType = "multipart/mixed; boundary=\"outer\"";
  const MessageContent one = parse_in_pieces(kType, body, body.size()).content;
  const auto piece = *rc::gen::inRange<std::size_t>(1, 40);
  RC_ASSERT(parse_in_pieces(kType, body, piece).content == one);
}

RC_GTEST_PROP(MessageParser, IsTotalAndBounded, ()) {
  const auto words = *rc::gen::container<std::vector<std::string>>(rc::gen::element<std::string>(
      "\n", "\r\n", "--b", "--b--", "--c", "Content-Type: ", "multipart/x; boundary=b", "boundary=\"c",
      "message/rfc822", "Content-Transfer-Encoding: base64", "http://", "a.example", "=", "=\n", "<", ">",
      "&#", "%", ";", ":", " ", "text/html", "image/png", std::string("\0", 1), "filename*0=", "\xff"));
  std::string text;
  for (const std::string& word : words) text += word;
  const ParsedMessage message = parse_message(text);
  RC_ASSERT(message.content.parts <= kMostParts);
  RC_ASSERT(message.content.depth <= kMostDepth);
}

}  // namespace
}  // namespace postreeve
