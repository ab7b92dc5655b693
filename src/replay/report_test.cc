#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "replay/compare.h"
#include "replay/numbers.h"
#include "replay/progress.h"
#include "replay/report_json.h"
#include "replay/report_table.h"
#include "replay/text_table.h"

namespace postreeve {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::SizeIs;

IncidentReport stolen_account() {
  IncidentReport incident;
  incident.account = "anna@x.example";
  incident.incident = {0xabc};
  incident.opened = *parse_rfc3339("2026-03-12T03:15:10Z");
  incident.standing = Level::kSuspended;
  incident.messages_out = 2;
  incident.recipients_out = 40;
  incident.messages_touched = 791;
  incident.first_stolen = *parse_rfc3339("2026-03-12T03:14:07Z");
  incident.stepped_in = *parse_rfc3339("2026-03-12T03:15:10Z");
  incident.at_message = 3;
  incident.at_recipient = 41;
  incident.risk = 6.25;
  incident.networks = {*Prefix::parse("198.51.100.0/24")};
  incident.countries = {CountryCode::of("VN")};
  incident.evidence = {
      make_evidence(Reason::kManyCountries, 6, {std::int64_t{41}, Duration{std::chrono::hours{24}}})};
  return incident;
}

Report sample_report() {
  Report report;
  report.traffic.events = {10, 20, 30, 0};
  report.traffic.first = *parse_rfc3339("2026-03-01T00:00:00Z");
  report.traffic.last = *parse_rfc3339("2026-03-31T00:00:00Z");
  report.traffic.accounts = 1203;
  report.traffic.top_senders = {{"anna@x.example", 12, 1234}};
  report.traffic.guessing = {{*Prefix::parse("203.0.113.0/24"), CountryCode::of("BR"), 512, 77}};
  report.traffic.refusals_by_account = {{"anna@x.example", 10, 30}};
  report.lines.lines_read = 4000;
  report.lines.lines_understood = 3999;
  report.lines.unparsed["postfix"] = {1, {"mail.log:7: odd \x1b[31mline"}};
  report.judgement.incidents = {stolen_account()};
  RestrictedReport restricted;
  restricted.account = "bob@x.example";
  restricted.action = Action::kDefer;
  restricted.messages = 3;
  restricted.since = *parse_rfc3339("2026-03-05T10:00:00Z");
  restricted.limit = "at night";
  report.judgement.restricted = {restricted};
  report.judgement.messages_touched = 794;
  report.seconds = 2;
  return report;
}

TEST(ReportTable, TellsWhatAPostmasterAsks) {
  const std::string text = report_as_table(sample_report(), {});
  for (const char* expected :
       {"4,000 read, 99.9 % understood", "10 logins, 20 submissions, 30 delivery reports", "1,203",
        "2,000 lines and 30 events a second", "In other hands: 1 account", "anna@x.example  suspended",
        "2026-03-12 03:15:10 UTC, at message 3, recipient 41", "2 messages to 40 recipients",
        "From            198.51.100.0/24\n", "Countries       Viet",
        "Slowed or limited, and nothing came of it: 1 account", "at night", "203.0.113.0/24 (Brazil)",
        "75.0 %", "mail.log:7: odd ?[31mline"}) {
    EXPECT_THAT(text, HasSubstr(expected));
  }
  EXPECT_THAT(text, Not(HasSubstr("\x1b")));
}

TEST(ReportTable, HasColourOnlyWhenAsked) {
  EXPECT_THAT(report_as_table(sample_report(), {true}), HasSubstr("\x1b[1m"));
}

TEST(ReportTable, OfNothingIsShort) {
  const std::string text = report_as_table(Report{}, {});
  EXPECT_THAT(text, HasSubstr("In other hands: no account"));
  EXPECT_THAT(text, Not(HasSubstr("Top senders")));
}

TEST(ReportJson, HasTheDocumentedShape) {
  const std::string json = report_as_json(sample_report());
  for (const char* expected :
       {"\"login\": 10", "\"submission\": 20", "\"delivery\": 30", "\"read\": 4000", "\"understood\": 3999",
        "\"unparsed\": 1", "\"accounts\": 1203", "\"account\": \"anna@x.example\"",
        "\"opened\": \"2026-03-12T03:15:10.000Z\"", "\"standing\": \"suspended\"", "\"messages_out\": 2",
        "\"recipients_out\": 40", "\"risk\": 6.25", "\"nats\": 6", "\"incident\": \"0000000000000abc\"",
        "\"limit\": \"at night\"", "\"country\": \"BR\"", "\"seconds\": 2"}) {
    EXPECT_THAT(json, HasSubstr(expected));
  }
}

TEST(Comparison, ShowsWhereTwoPoliciesPart) {
  Report other = sample_report();
  other.judgement.restricted.clear();
  other.judgement.incidents[0].messages_out = 9;
  const Comparison comparison = compare("now", sample_report(), "new.toml", other);
  ASSERT_THAT(comparison.differences, SizeIs(2));
  EXPECT_EQ(comparison.differences[0].account, "anna@x.example");
  EXPECT_EQ(comparison.differences[0].a.messages_out, 2U);
  EXPECT_EQ(comparison.differences[0].b.messages_out, 9U);
  EXPECT_EQ(comparison.differences[1].account, "bob@x.example");
  EXPECT_EQ(comparison.differences[1].b, AccountFate{});
  const std::string table = comparison_as_table(comparison, {});
  EXPECT_THAT(table, HasSubstr("A is now, B is new.toml"));
  EXPECT_THAT(table, HasSubstr("stolen messages that got out       2    9"));
  EXPECT_THAT(comparison_as_json(comparison), HasSubstr("\"differences\": ["));
}

TEST(Comparison, OfTheSameIsEmpty) {
  EXPECT_THAT(compare("a", sample_report(), "b", sample_report()).differences, SizeIs(0));
}

TEST(TextTable, AlignsWordsLeftAndNumbersRight) {
  TextTable table({{"name"}, {"count", TextTable::Align::kRight}});
  table.add({"j\xc3\xb6rg", "1"});
  table.add({"a longer one", "12,345"});
  EXPECT_EQ(table.to_string(),
            "  name           count\n"
            "  j\xc3\xb6rg               1\n"
            "  a longer one  12,345\n");
}

TEST(Numbers, AreReadable) {
  EXPECT_EQ(with_commas(0), "0");
  EXPECT_EQ(with_commas(999), "999");
  EXPECT_EQ(with_commas(1'234'567), "1,234,567");
  EXPECT_EQ(counted(1, "message", "messages"), "1 message");
  EXPECT_EQ(readable_time(*parse_rfc3339("2026-03-02T08:00:00.123Z")), "2026-03-02 08:00:00");
}

TEST(ProgressLine, ShowsRateAndRemainingTime) {
  EXPECT_EQ(progress_line({.count = 824'000, .part = 0.5}, "lines", 2.0),
            "[###############               ]  50 %   412,000 lines/s   2 s left");
  EXPECT_EQ(progress_line({.count = 824'000}, "lines", 2.0), "824,000 lines   412,000 lines/s");
  EXPECT_THAT(progress_line({.count = 0, .part = 0.0}, "lines", 0), HasSubstr("0 %"));
}

}  // namespace
}  // namespace postreeve
