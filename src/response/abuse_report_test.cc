#include "response/abuse_report.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include "response/response_testing.h"

namespace postreeve {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

namespace json = boost::json;

const HashKey kKey{.bytes = {1, 2, 3}};
const Reporter kReporter{
    .organisation = "Hoster", .contact = "abuse@hoster.example", .domain = "hoster.example"};

AbuseReport report() {
  return {
      .incident = "000000000000abcd",
      .address = "198.51.100.7",
      .first_seen = kSundayAtThree,
      .last_seen = kSundayAtThree + std::chrono::minutes{9},
      .made = kSundayAtThree + std::chrono::hours{1},
      .messages = 3,
      .sentences = {"first login ever from Vietnam", "bob@customer.example was never written to"},
      .sample_header = "Received: from [198.51.100.7]\nTo: Bob <bob@customer.example>\nSubject: invoice\n"};
}

TEST(RedactAddresses, HidesWhoAndKeepsWhere) {
  const std::string text = redact_addresses("To: Bob <bob@customer.example>, eve@b.example", kKey);
  EXPECT_THAT(text, Not(HasSubstr("bob@")));
  EXPECT_THAT(text, Not(HasSubstr("eve@")));
  EXPECT_THAT(text, HasSubstr("@customer.example>"));
  EXPECT_THAT(text, HasSubstr("To: Bob <redacted-"));
}

TEST(RedactAddresses, GivesOneRecipientOneFaceAndNotUnderAnotherKey) {
  EXPECT_EQ(redact_addresses("bob@a.example", kKey), redact_addresses("bob@a.example", kKey));
  EXPECT_NE(redact_addresses("bob@a.example", kKey), redact_addresses("eve@a.example", kKey));
  EXPECT_NE(redact_addresses("bob@a.example", kKey), redact_addresses("bob@a.example", HashKey{}));
}

TEST(RedactAddresses, TakesQuotedNamesWithTheirQuotes) {
  EXPECT_THAT(redact_addresses("<\"secret name\"@a.example>", kKey), Not(HasSubstr("secret")));
  EXPECT_THAT(redact_addresses("m\xc3\xbcller@a.example", kKey), Not(HasSubstr("ller@")));
}

TEST(RedactAddresses, LeavesTheRestAlone) {
  for (const std::string text : {"", "@", "no address", "a @ b", "\"@"}) {
    EXPECT_EQ(redact_addresses(text, kKey), text);
  }
}

RC_GTEST_PROP(RedactAddresses, LeavesNoLetterBeforeAnAt, (const std::string& text)) {
  const std::string redacted = redact_addresses(text + "x@y.example", kKey);
  RC_ASSERT(redacted.find("x@y.example") == std::string::npos);
}

TEST(ArfReport, HasTheThreePartsOfRfc5965) {
  const std::string mail = arf_report(report(), kReporter, kKey);
  EXPECT_THAT(mail, HasSubstr("Content-Type: multipart/report; report-type=feedback-report;"));
  EXPECT_THAT(mail, HasSubstr("Content-Type: text/plain"));
  EXPECT_THAT(mail, HasSubstr("Content-Type: message/feedback-report\r\n\r\nFeedback-Type: abuse\r\n"
                              "User-Agent: Postreeve\r\nVersion: 1\r\nSource-IP: 198.51.100.7\r\n"));
  EXPECT_THAT(mail, HasSubstr("Content-Type: text/rfc822-headers"));
  EXPECT_THAT(mail, HasSubstr("Arrival-Date: Sun, 01 Mar 2026 03:00:00 +0000"));
  EXPECT_THAT(mail, Not(HasSubstr("bob@customer.example")));
  EXPECT_EQ(arf_report(report(), kReporter, kKey), mail);
}

std::string sample_of(std::string header) {
  AbuseReport one = report();
  one.sample_header = std::move(header);
  const std::string mail = arf_report(one, kReporter, kKey);
  const std::size_t begin = mail.find("\r\n\r\n", mail.find("text/rfc822-headers")) + 4;
  return mail.substr(begin, mail.rfind("\r\n--") - begin);
}

TEST(ArfReport, ShowsTheSampleAsItWasWithoutItsLineEnds) {
  EXPECT_EQ(sample_of("Subject: really?\r\nReceived: from x\n\tby y;\r\n z\r\n"),
            "Subject: really?\r\nReceived: from x by y; z\r\n");
}

TEST(ArfReport, FindsAddressesInEncodedWords) {
  // bob@customer.example, whole and in two halves
  for (const std::string field : {"To: =?utf-8?B?Ym9iQGN1c3RvbWVyLmV4YW1wbGU=?=",
                                  "To: =?utf-8?q?bo?=\r\n =?utf-8?q?b=40customer.example?=",
                                  "To: \"=?iso-8859-1?Q?bob=40customer.example?=\" <eve@customer.example>"}) {
    const std::string sample = sample_of(field + "\r\n");
    EXPECT_THAT(sample, HasSubstr("redacted-")) << field;
    EXPECT_THAT(sample, HasSubstr("@customer.example")) << field;
    EXPECT_THAT(sample, Not(HasSubstr("bo"))) << field;
  }
}

TEST(ArfReport, ShowsNothingThatItCannotRead) {
  EXPECT_EQ(sample_of("Subject: =?shift_jis?B?Ym9iQGN1c3RvbWVyLmV4YW1wbGU=?= x\n"),
            "Subject: (cannot be shown) x\r\n");
}

TEST(ArfReport, LeavesOutTheNamesOfRecipients) {
  const std::string sample = sample_of(
      "To: Bob Smith <bob@customer.example>, \"Eve, Jones\" <eve@other.example> (sales)\n"
      "cc : Friends: =?utf-8?q?M=C3=BCller?= <carl@third.example>;\n"
      "Bcc: undisclosed-recipients:;\nSubject: Smith\n");
  for (const char* name : {"Bob", "Eve", "Jones", "sales", "Friends", "ller", "undisclosed"})
    EXPECT_THAT(sample, Not(HasSubstr(name)));
  for (const char* domain : {"@customer.example>, <redacted-", "@other.example>\r\n", "@third.example>\r\n"})
    EXPECT_THAT(sample, HasSubstr(domain));
  EXPECT_THAT(sample, HasSubstr("Bcc: (no address)\r\nSubject: Smith\r\n"));
}

TEST(ArfReport, BreaksLongFields) {
  std::string field = "To: ";
  for (int i = 0; i < 200; ++i) field += "someone@customer.example, ";
  for (std::string rest = sample_of(field); !rest.empty(); rest.erase(0, rest.find("\r\n") + 2))
    EXPECT_LE(rest.find("\r\n"), 998U);
}

TEST(ArfReport, LetsNoSampleEndTheHeaderOrThePart) {
  AbuseReport hostile = report();
  hostile.sample_header =
      "Subject: x\n\n--postreeve-\nContent-Type: text/html\r\n\r\n\x1b[31m" + std::string(1'000'000, 'y');
  const std::string mail = arf_report(hostile, kReporter, kKey);
  EXPECT_LT(mail.size(), 1'100'000U);
  EXPECT_THAT(mail, Not(HasSubstr("\x1b")));
  const std::size_t sample = mail.find("Subject: x\r\n");
  EXPECT_EQ(mail.find("\r\n\r\n", sample),
            mail.rfind("\r\n\r\n--") == std::string::npos ? std::string::npos : mail.rfind("\r\n\r\n--"));
}

TEST(XarfReport, HasWhatTheSchemaRequires) {
  const json::object document = json::parse(xarf_report(report(), kReporter, kKey)).as_object();
  for (const char* key : {"xarf_version", "report_id", "timestamp", "reporter", "sender", "source_identifier",
                          "category", "type", "protocol", "first_seen"}) {
    EXPECT_TRUE(document.contains(key)) << key;
  }
  EXPECT_EQ(document.at("category").as_string(), "connection");
  EXPECT_EQ(document.at("type").as_string(), "login_attack");
  EXPECT_EQ(document.at("report_id").as_string().size(), 36U);
  EXPECT_THAT(json::serialize(document), Not(HasSubstr("bob@customer.example")));
}

TEST(XarfReport, KeepsItsDescriptionWithinTheBound) {
  AbuseReport wordy = report();
  wordy.sentences.assign(50, std::string(100, 'w') + "\xc3\xbc");
  const json::object document = json::parse(xarf_report(wordy, kReporter, kKey)).as_object();
  EXPECT_LE(document.at("description").as_string().size(), 1'000U);
}

}  // namespace
}  // namespace postreeve
