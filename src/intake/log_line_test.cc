#include "intake/log_line.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <string>
#include <vector>

#include "intake/log_stamp.h"

namespace postreeve {
namespace {

constexpr std::string_view kClient =
    "4jX8Xy0SxKz1c3pc: client=unknown[192.0.2.40], sasl_method=PLAIN, sasl_username=bob@x.example";
constexpr std::string_view kDovecotLogin =
    "imap-login: Info: Login: user=<a@x.example>, method=PLAIN, rip=192.0.2.1, lip=192.0.2.9, "
    "session=<sh82E9JgY75>";
constexpr std::string_view kEximArrival =
    "1xUvDu-0003Kj-2j <= a@x.example H=(laptop) [192.0.2.70]:47931 P=esmtpsa A=plain:a@x.example S=298";

std::string line(std::string_view envelope, std::string_view message) {
  return std::string(envelope) + std::string(message);
}

Duration clock(int hours, int minutes, int seconds, int millis = 0) {
  return Duration{((hours * 60 + minutes) * 60 + seconds) * 1000 + millis};
}

TEST(LogLine, ReadsTheEnvelopeOfRfc3164) {
  const auto text = line("Nov 22 00:08:02 mx postfix/submission/smtpd[30533]: ", kClient);
  const auto parsed = parse_log_line(text);
  ASSERT_TRUE(parsed.stamp);
  EXPECT_EQ(parsed.stamp->year, 0);
  EXPECT_EQ(parsed.stamp->month, 11);
  EXPECT_EQ(parsed.stamp->day, 22);
  EXPECT_EQ(parsed.stamp->time_of_day, clock(0, 8, 2));
  EXPECT_FALSE(parsed.stamp->utc_offset);
  EXPECT_EQ(parsed.host, "mx");
  EXPECT_EQ(parsed.program, Program::kPostfix);
  EXPECT_EQ(parsed.tag, "postfix/submission/smtpd");
  const auto* received = std::get_if<MessageReceived>(&parsed.record);
  ASSERT_NE(received, nullptr);
  EXPECT_EQ(received->login, "bob@x.example");
}

struct EnvelopeCase {
  const char* name;
  std::string text;
  Program program;
  std::string_view host;
  std::string_view tag;
};

std::ostream& operator<<(std::ostream& out, const EnvelopeCase& one) {
  return out << one.name;
}

class LogEnvelope : public testing::TestWithParam<EnvelopeCase> {};

TEST_P(LogEnvelope, NamesProgramHostAndTag) {
  const auto& expected = GetParam();
  const auto parsed = parse_log_line(expected.text);
  EXPECT_TRUE(parsed.stamp) << expected.text;
  EXPECT_EQ(to_text(parsed.program), to_text(expected.program)) << expected.text;
  EXPECT_EQ(parsed.host, expected.host);
  EXPECT_EQ(parsed.tag, expected.tag);
  EXPECT_FALSE(std::holds_alternative<NotUnderstood>(parsed.record)) << expected.text;
}

const std::vector<EnvelopeCase> kEnvelopes = {
    {"day of one digit, padded", line("Nov  2 00:08:02 mx postfix/smtpd[77]: ", kClient), Program::kPostfix,
     "mx", "postfix/smtpd"},
    {"day of one digit, bare", line("Nov 2 00:08:02 mx postfix/smtpd[77]: ", kClient), Program::kPostfix,
     "mx", "postfix/smtpd"},
    {"with a year", line("Nov 22 2026 00:08:02 mx postfix/smtpd[77]: ", kClient), Program::kPostfix, "mx",
     "postfix/smtpd"},
    {"with a year and a colon", line("Nov 22 2026 00:08:02: mx postfix/smtpd[77]: ", kClient),
     Program::kPostfix, "mx", "postfix/smtpd"},
    {"with a fraction", line("Nov 22 00:08:02.123456 mx postfix/smtpd[77]: ", kClient), Program::kPostfix,
     "mx", "postfix/smtpd"},
    {"with a priority", line("<22>Nov 22 00:08:02 mx postfix/smtpd[77]: ", kClient), Program::kPostfix, "mx",
     "postfix/smtpd"},
    {"with BSD's facility", line("Nov 22 00:08:02 mx <mail.info> postfix/smtpd[77]: ", kClient),
     Program::kPostfix, "mx", "postfix/smtpd"},
    {"with Sun's id", line("Nov 22 00:08:02 mx postfix/smtpd[77]: [ID 197553 mail.info] ", kClient),
     Program::kPostfix, "mx", "postfix/smtpd"},
    {"RFC 3339", line("2026-11-22T00:08:02.123456+01:00 mx postfix/smtpd[77]: ", kClient), Program::kPostfix,
     "mx", "postfix/smtpd"},
    {"RFC 3339 in UTC", line("2026-11-22T00:08:02Z mx.x.example postfix/smtpd[77]: ", kClient),
     Program::kPostfix, "mx.x.example", "postfix/smtpd"},
    {"ISO 8601 of journalctl", line("2026-11-22T00:08:02+0100 mx postfix/smtpd[77]: ", kClient),
     Program::kPostfix, "mx", "postfix/smtpd"},
    {"RFC 5424", line("<22>1 2026-11-22T00:08:02Z mx postfix/smtpd 77 - - ", kClient), Program::kPostfix,
     "mx", "postfix/smtpd"},
    {"RFC 5424 with structured data and a byte order mark",
     line("<22>1 2026-11-22T00:08:02Z mx postfix/smtpd 77 ID4 [a@1 k=\"x]\\\" y\"][b z=\"1\"] \xef\xbb\xbf",
          kClient),
     Program::kPostfix, "mx", "postfix/smtpd"},
    {"RFC 5424 without a host", line("<22>1 2026-11-22T00:08:02Z - postfix/smtpd - - - ", kClient),
     Program::kPostfix, "", "postfix/smtpd"},
    {"no host", line("Nov 22 00:08:02 postfix/smtpd[77]: ", kClient), Program::kPostfix, "", "postfix/smtpd"},
    {"instance", line("Nov 22 00:08:02 mx postfix-out/smtpd[77]: ", kClient), Program::kPostfix, "mx",
     "postfix-out/smtpd"},
    {"instance before the slash", line("Nov 22 00:08:02 mx mx1/postfix/smtpd[77]: ", kClient),
     Program::kPostfix, "mx", "mx1/postfix/smtpd"},
    {"instance by another name", line("Nov 22 00:08:02 mx outbound/smtpd[77]: ", kClient), Program::kPostfix,
     "mx", "outbound/smtpd"},
    {"instance with an address", line("Nov 22 00:08:02 mx postfix-192.0.2.7/smtpd[77]: ", kClient),
     Program::kPostfix, "mx", "postfix-192.0.2.7/smtpd"},
    {"OpenSMTPD is not Postfix", line("Nov 22 00:08:02 mx smtpd[77]: ", kClient), Program::kOther, "mx",
     "smtpd"},
    {"another program with a slash", "Nov 22 00:08:02 mx rspamd/main[77]: hello", Program::kOther, "mx",
     "rspamd/main"},
    {"another program", "Nov 22 00:08:02 mx amavis[11]: (11-08) Checking: x", Program::kOther, "mx",
     "amavis"},
    {"syslog itself", "Nov 22 00:08:02 mx last message repeated 3 times", Program::kOther, "mx", ""},
    {"Dovecot by syslog",
     "Nov 22 00:08:02 mx dovecot: imap-login: Login: user=<a>, method=PLAIN, rip=192.0.2.1, lip=192.0.2.9",
     Program::kDovecot, "mx", "dovecot"},
    {"Dovecot on a host called imap",
     "Nov 22 00:08:02 imap dovecot[7]: imap-login: Login: user=<a>, method=PLAIN, rip=192.0.2.1, "
     "lip=192.0.2.9",
     Program::kDovecot, "imap", "dovecot"},
    {"Dovecot's own file", line("2026-11-22 00:08:02 ", kDovecotLogin), Program::kDovecot, "", "dovecot"},
    {"Dovecot's own file without a year", line("Nov 22 00:08:02 ", kDovecotLogin), Program::kDovecot, "",
     "dovecot"},
    {"Dovecot 1's own file",
     "Nov 22 00:08:02 Info: imap-login: Login: user=<a>, method=PLAIN, rip=192.0.2.1, lip=192.0.2.9",
     Program::kDovecot, "", "dovecot"},
    {"Dovecot by multilog", line("@400000004c91b044077a9e94 ", kDovecotLogin), Program::kDovecot, "",
     "dovecot"},
    {"Exim's own file", line("2026-11-22 00:08:02 ", kEximArrival), Program::kExim, "", "exim"},
    {"Exim with milliseconds, zone and process", line("2026-11-22 00:08:02.125 +0100 [77] ", kEximArrival),
     Program::kExim, "", "exim"},
    {"Exim by syslog", line("Nov 22 00:08:02 mx exim[77]: ", kEximArrival), Program::kExim, "mx", "exim"},
    {"Exim by syslog with its own stamp",
     line("Nov 22 00:08:02 mx exim4[77]: 2026-11-22 00:08:02 ", kEximArrival), Program::kExim, "mx", "exim4"},
    {"Exim by syslog with a civil stamp", line("2026-11-22 00:08:02 mx exim-in[77]: [77] ", kEximArrival),
     Program::kExim, "mx", "exim-in"},
    {"Exim with a host only", line("mx.x.example exim[77]: 2026-11-22 00:08:02 ", kEximArrival),
     Program::kExim, "mx.x.example", "exim"},
};
INSTANTIATE_TEST_SUITE_P(Spellings, LogEnvelope, testing::ValuesIn(kEnvelopes));

TEST(LogLine, KeepsWhatTheProgramsSaid) {
  const auto text = line("2026-11-22 00:08:02.125 +0100 [77] ", kEximArrival);
  const auto parsed = parse_log_line(text);
  const auto* received = std::get_if<MessageReceived>(&parsed.record);
  ASSERT_NE(received, nullptr);
  EXPECT_EQ(received->queue_id, "1xUvDu-0003Kj-2j");
  EXPECT_EQ(received->login, "a@x.example");
  EXPECT_EQ(parsed.stamp->time_of_day, clock(0, 8, 2, 125));
  EXPECT_EQ(parsed.stamp->utc_offset, std::chrono::hours{1});
}

TEST(LogLine, TakesTheYearFromEximsOwnStamp) {
  const auto text = line("Nov 22 00:08:02 mx exim[77]: 2024-11-22 00:08:02.500 ", kEximArrival);
  EXPECT_EQ(parse_log_line(text).stamp->year, 2024);
}

TEST(LogLine, CountsEveryRepetitionOfAFailedLogin) {
  const std::string once =
      "warning: unknown[192.0.2.7]: SASL LOGIN authentication failed: authentication failure";
  const auto text = "Nov 22 00:08:02 mx postfix/smtpd[77]: message repeated 4 times: [ " + once + "]";
  const auto parsed = parse_log_line(text);
  const auto* login = std::get_if<LoginSeen>(&parsed.record);
  ASSERT_NE(login, nullptr);
  EXPECT_EQ(login->attempts, 4U);
  EXPECT_EQ(login->client_address, "192.0.2.7");
}

TEST(LogLine, DoesNotUnderstandWhatHasNoEnvelope) {
  for (const std::string_view text :
       {"hello", "postfix/smtpd: connect from x", "<22>", "<999999>x", "Nov 22",
        "Nov 32 00:08:02 mx postfix/smtpd[77]: x", "2026-02-30 00:08:02 x",
        "Foo 22 00:08:02 mx postfix/smtpd[77]: x", "<22>1 2026-11-22T00:08:02Z mx"}) {
    const auto parsed = parse_log_line(text);
    EXPECT_EQ(parsed.program, Program::kUnknown) << text;
    EXPECT_TRUE(std::holds_alternative<NotUnderstood>(parsed.record)) << text;
  }
}

TEST(LogLine, SaysNothingWhenItIsEmpty) {
  for (const std::string_view text : {"", " ", "\t \r"}) {
    EXPECT_TRUE(std::holds_alternative<NothingToSay>(parse_log_line(text).record));
  }
}

TEST(LogLine, PassesOverTheHeadersInARejectlog) {
  for (const std::string_view text : {"Envelope-from: <a@x.example>", "P Received: from a by b",
                                      "  Subject: a", "\tid 16RdAL-0006pc-00", "* To: b@x.example"}) {
    EXPECT_TRUE(std::holds_alternative<NothingToSay>(parse_log_line(text).record)) << text;
  }
}

TEST(LogLine, ReadsTheLeapDayOnlyInLeapYears) {
  std::string_view of_no_year = "Feb 29 00:00:00 x";
  std::string_view leap = "2024-02-29 00:00:00 x";
  std::string_view common = "2026-02-29 00:00:00 x";
  EXPECT_TRUE(take_bsd_stamp(of_no_year));
  EXPECT_TRUE(take_iso_stamp(leap));
  EXPECT_FALSE(take_iso_stamp(common));
  EXPECT_EQ(common, "2026-02-29 00:00:00 x");
}

TEST(LogLine, ReadsMultilogsStampsInUtc) {
  std::string_view text = "@400000004c91b044077a9e94 x";
  const auto stamp = take_tai_stamp(text);
  ASSERT_TRUE(stamp);
  EXPECT_EQ(stamp->year, 2010);
  EXPECT_EQ(stamp->month, 9);
  EXPECT_EQ(stamp->day, 16);
  EXPECT_EQ(stamp->time_of_day, clock(5, 50, 50, 125));
  EXPECT_EQ(text, "x");
}

// Texts made of pieces that mean something to the reader, so that cuts fall into interesting places.
std::string any_line() {
  static const std::vector<std::string> kPieces = {
      "Nov 22 00:08:02 ",
      "Feb 29 ",
      "2026-11-22T00:08:02Z ",
      "2026-11-22 00:08:02 ",
      "<22>1 ",
      "mx ",
      "postfix/",
      "smtpd[77]: ",
      "dovecot: ",
      "imap-login: ",
      "exim[1]: ",
      "[",
      "]",
      "\"",
      "\\",
      "- ",
      "<",
      ">",
      ":",
      " ",
      "message repeated 9 times: [ ",
      "warning: x[192.0.2.1]: SASL LOGIN authentication failed: y",
      "ABC123: client=a[192.0.2.1], sasl_method=PLAIN, sasl_username=bob",
      std::string(1, '\0'),
      "\xff",
      "\r",
      "@4",
      "1xUvDu-0003Kj-2j <= a@b H=(x) [192.0.2.1] A=plain:bob S=1 for "};
  std::string text;
  for (const auto piece :
       *rc::gen::container<std::vector<std::size_t>>(rc::gen::inRange<std::size_t>(0, 40))) {
    if (piece < kPieces.size()) {
      text += kPieces[piece];
    } else {
      text += *rc::gen::arbitrary<char>();
    }
  }
  return text.substr(0, *rc::gen::inRange<std::size_t>(0, text.size() + 1));
}

bool lies_within(std::string_view part, std::string_view whole) {
  return part.empty() ||
         (part.data() >= whole.data() && part.data() + part.size() <= whole.data() + whole.size());
}

RC_GTEST_PROP(LogLine, IsTotalAndItsTextsAreViewsIntoTheLine, ()) {
  const auto text = any_line();
  // A buffer of its own size: the sanitizer sees every byte read beyond it.
  const std::vector<char> bytes(text.begin(), text.end());
  const std::string_view view(bytes.data(), bytes.size());
  const auto parsed = parse_log_line(view);
  RC_ASSERT(lies_within(parsed.host, view));
  const bool is_own_tag = parsed.tag == "exim" || parsed.tag == "dovecot";
  RC_ASSERT(is_own_tag || lies_within(parsed.tag, view));
  if (const auto* login = std::get_if<LoginSeen>(&parsed.record)) RC_ASSERT(lies_within(login->login, view));
  if (const auto* received = std::get_if<MessageReceived>(&parsed.record)) {
    RC_ASSERT(lies_within(received->login, view));
    RC_ASSERT(lies_within(received->queue_id, view));
  }
}

}  // namespace
}  // namespace postreeve
