#include "app/line_reading.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace postreeve {
namespace {

using ::testing::HasSubstr;

TEST(ReadLine, SaysWhoLoggedIn) {
  const LineReading login = read_line(
      "Nov 29 02:54:00 mx dovecot: imap-login: Login: user=<Anna>, method=PLAIN, rip=192.0.2.7, "
      "lip=192.0.2.1, "
      "mpid=77, TLS, session=<abc>",
      "x.example");
  EXPECT_TRUE(login.is_understood);
  EXPECT_EQ(login.program, "dovecot");
  EXPECT_EQ(login.account, "anna@x.example");
  EXPECT_EQ(login.client, "192.0.2.7");
  EXPECT_EQ(login.says, "Anna logged in to imap from 192.0.2.7");
}

TEST(ReadLine, SaysWhoseMessageWasTaken) {
  const LineReading taken = read_line(
      "2026-11-29T02:54:00.123+01:00 mx postfix/submission/smtpd[77]: 3F2A1B4C5D: "
      "client=host.example[198.51.100.7], sasl_method=PLAIN, sasl_username=anna@x.example",
      "");
  EXPECT_EQ(taken.program, "postfix");
  EXPECT_EQ(taken.account, "anna@x.example");
  EXPECT_EQ(taken.says, "message 3F2A1B4C5D was taken from 198.51.100.7, by anna@x.example");
}

TEST(ReadLine, PointsToTheLineWithTheAccount) {
  const LineReading sent = read_line(
      "Nov 29 02:54:00 mx postfix/smtp[77]: 3F2A1B4C5D: to=<b@y.example>, "
      "relay=mx.y.example[203.0.113.1]:25, "
      "delay=1, delays=0/0/0/1, dsn=2.0.0, status=sent (250 ok)",
      "");
  EXPECT_EQ(sent.account, "");
  EXPECT_THAT(sent.says, HasSubstr("message 3F2A1B4C5D to <b@y.example> was sent by mx.y.example"));
  EXPECT_THAT(sent.says, HasSubstr("the same queue ID"));
}

TEST(ReadLine, ReadsOurOwnDecisions) {
  const LineReading decision = read_line(
      "Nov 29 02:54:00 mx postreeve[7]: 2026-11-29T02:54:00.000Z warning decision event=recipient "
      R"(account=anna@x.example verdict=defer standing=slowed risk=1.25 client=203.0.113.66 gate=postfix_policy )"
      R"(observed=true incident=0011223344556677 evidence="calls itself \"ylmf=pc\"; first use")",
      "");
  EXPECT_TRUE(decision.is_understood);
  EXPECT_EQ(decision.program, "postreeve");
  EXPECT_EQ(decision.account, "anna@x.example");
  EXPECT_EQ(decision.client, "203.0.113.66");
  EXPECT_EQ(decision.incident, "0011223344556677");
  EXPECT_EQ(
      decision.says,
      "a recipient of anna@x.example from 203.0.113.66 was accepted; in enforce mode it would have been put "
      "off; its standing was slowed, the risk 1.25; because calls itself \"ylmf=pc\"; first use");
}

TEST(ReadLine, TakesNoForgedDecisionInsideALineOfOthers) {
  const LineReading forged = read_line(
      "Nov 29 02:54:00 mx postfix/submission/smtpd[77]: 3F2A1B4C5D: client=a[192.0.2.7], sasl_method=PLAIN, "
      "sasl_username=anna decision event=login account=boss@x.example",
      "");
  EXPECT_NE(forged.program, "postreeve");
  EXPECT_NE(forged.account, "boss@x.example");
}

TEST(ReadLine, SaysWhenItUnderstandsNothing) {
  const LineReading nothing = read_line("what is this", "");
  EXPECT_FALSE(nothing.is_understood);
  EXPECT_EQ(nothing.program, "");
  EXPECT_THAT(nothing.says, HasSubstr("nothing that Postreeve understands"));
}

RC_GTEST_PROP(ReadLine, NeverFailsOnContent, (const std::string& text)) {
  (void)read_line(text, "x.example");
  (void)read_line("decision event=" + text, "");
  (void)read_line("Nov 29 02:54:00 mx dovecot: " + text, "");
}

}  // namespace
}  // namespace postreeve
