#include "intake/trace.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "intake/trace_text.h"

namespace postreeve {
namespace {

constexpr std::string_view kLogin =
    R"({"time":"2026-03-02T08:00:00.123Z","event":"login","account":"A@x.example","client_address":"192.0.2.7",)"
    R"("service":"imap","result":"failure","reason":"unknown_user","more":{"a":[1,{"b":null}]}})";
constexpr std::string_view kSubmission =
    R"({"time":"2026-03-02T08:00:00.123Z","event":"submission","queue_id":"4Q1","account":"a@x.example",)"
    R"("client_address":"2001:db8::7","client_name":"unknown","helo_name":"laptop","service":"smtp",)"
    R"("sender":"a@x.example","recipients":["b@y.example","c@y.example"],"size":2400,)"
    R"("header_from":"\"A\" <a@x.example>","header_to":"b@y.example","subject":"caf\u00e9 \ud83d\ude00"})";
constexpr std::string_view kDelivery =
    R"({"time":"2026-03-02T08:00:01Z","event":"delivery","queue_id":"4Q1","recipient":"b@y.example",)"
    R"("status":"bounced","response":"550 5.1.1 unknown"})";

template <typename Kind>
Kind read_as(TraceReader& reader, std::string_view line) {
  auto event = reader.read(line);
  if (!event) {
    ADD_FAILURE() << line << ": " << event.error().detail;
    return {};
  }
  auto* one = std::get_if<Kind>(&*event);
  if (one == nullptr) ADD_FAILURE() << line << ": another event";
  return one == nullptr ? Kind{} : std::move(*one);
}

Error error_of(std::string_view line) {
  TraceReader reader("");
  const auto event = reader.read(line);
  if (event) ADD_FAILURE() << line;
  return event ? Error{} : event.error();
}

TEST(TraceReader, ReadsALogin) {
  TraceReader reader("");
  const auto login = read_as<Login>(reader, kLogin);
  EXPECT_EQ(format_rfc3339(login.time), "2026-03-02T08:00:00.123Z");
  EXPECT_EQ(login.account.text(), "a@x.example");
  EXPECT_EQ(login.session.client_address, IpAddress::parse("192.0.2.7"));
  EXPECT_EQ(login.session.service, Service::kImap);
  EXPECT_FALSE(login.success);
  EXPECT_EQ(login.reason, LoginFailure::kUnknownUser);
}

TEST(TraceReader, ReadsASubmission) {
  TraceReader reader("");
  const auto submission = read_as<Submission>(reader, kSubmission);
  EXPECT_EQ(submission.queue_id, "4Q1");
  EXPECT_EQ(submission.session.client_address, IpAddress::parse("2001:db8::7"));
  EXPECT_EQ(submission.session.client_name, "");  // "unknown" is no name
  EXPECT_EQ(submission.session.helo_name, "laptop");
  EXPECT_EQ(submission.recipients, (std::vector<std::string>{"b@y.example", "c@y.example"}));
  EXPECT_EQ(submission.recipient_count, 2U);
  EXPECT_EQ(submission.size, 2400U);
  EXPECT_EQ(submission.header_from, "\"A\" <a@x.example>");
  EXPECT_EQ(submission.subject, "caf\xc3\xa9 \xf0\x9f\x98\x80");
}

TEST(TraceReader, GivesDeliveriesTheAccountThatSubmittedTheMessage) {
  TraceReader reader("");
  EXPECT_EQ(reader.read(kDelivery).error().code, ErrorCode::kNotFound);
  EXPECT_TRUE(reader.read(kSubmission));
  const auto delivery = read_as<Delivery>(reader, kDelivery);
  EXPECT_EQ(delivery.account.text(), "a@x.example");
  EXPECT_EQ(delivery.status, DeliveryStatus::kBounced);
  EXPECT_EQ(delivery.dsn.to_string(), "5.1.1");  // of the response
  const auto scan = read_as<Scan>(
      reader, R"({"time":"2026-03-02T08:00:01Z","event":"scan","queue_id":"4Q1","scanner":"clamav",)"
              R"("result":"infected","signature":"Eicar"})");
  EXPECT_EQ(scan.account.text(), "a@x.example");
  EXPECT_EQ(scan.result, ScanResult::kInfected);
}

TEST(TraceReader, BelievesTheLatestUseOfAQueueId) {
  TraceReader reader("");
  EXPECT_TRUE(reader.read(kSubmission));
  EXPECT_TRUE(reader.read(
      R"({"time":"2026-03-02T09:00:00Z","event":"submission","queue_id":"4Q1","account":"b@x.example"})"));
  EXPECT_EQ(read_as<Delivery>(reader, kDelivery).account.text(), "b@x.example");
  // The next one is nobody's.
  EXPECT_FALSE(reader.read(R"({"time":"2026-03-02T09:00:00Z","event":"submission","queue_id":"4Q1"})"));
  EXPECT_EQ(reader.read(kDelivery).error().code, ErrorCode::kNotFound);
}

TEST(TraceReader, ReadsRecipientsPasswordChangesAndJudgements) {
  TraceReader reader("x.example");
  const auto recipient = read_as<Recipient>(
      reader, R"({"time":"2026-03-02T08:00:00Z","event":"recipient","account":"a","instance":"1.2.3",)"
              R"("sender":"","recipient":"b@y.example"})");
  EXPECT_EQ(recipient.account.text(), "a@x.example");
  EXPECT_EQ(recipient.transaction, "1.2.3");
  EXPECT_EQ(recipient.recipient, "b@y.example");
  const auto change = read_as<CredentialChange>(
      reader, R"({"time":"2026-03-02T08:00:00Z","event":"credential_change","account":"a"})");
  EXPECT_EQ(change.account.text(), "a@x.example");
  const auto judgement = read_as<Judgement>(
      reader, R"({"time":"2026-03-02T08:00:00Z","event":"judgement","account":"a","confirmed":true,)"
              R"("person":"eve","reason":"on holiday"})");
  EXPECT_TRUE(judgement.confirmed);
  EXPECT_EQ(judgement.person, "eve");
  EXPECT_EQ(judgement.reason, "on holiday");
}

TEST(TraceReader, NeedsNothingBehindTheAccount) {
  TraceReader reader("");
  const auto submission = read_as<Submission>(
      reader,
      R"({"event":"submission","time":"2026-03-02T08:00:00Z","account":"a@x.example","subject":null})");
  EXPECT_TRUE(submission.recipients.empty());
  EXPECT_EQ(submission.recipient_count, 0U);
  EXPECT_TRUE(
      read_as<Login>(reader, R"({"event":"login","time":"2026-03-02T08:00:00Z","account":"a@x.example"})")
          .success);
}

TEST(TraceReader, NamesTheFieldThatIsWrong) {
  EXPECT_EQ(error_of(R"({"event":"login","account":"a"})").detail, "field 'time' is missing");
  EXPECT_EQ(error_of(R"({"time":"yesterday","event":"login","account":"a"})").detail,
            "field 'time' is not RFC 3339");
  EXPECT_EQ(error_of(R"({"time":17,"event":"login","account":"a"})").detail, "field 'time' is not a text");
  EXPECT_EQ(error_of(R"({"time":"2026-03-02T08:00:00Z","account":"a"})").detail, "field 'event' is missing");
  EXPECT_EQ(error_of(R"({"time":"2026-03-02T08:00:00Z","event":"login"})").detail,
            "field 'account' is missing");
  const std::string begin = R"({"time":"2026-03-02T08:00:00Z","event":"submission","account":"a",)";
  EXPECT_EQ(error_of(begin + R"("size":-1})").detail, "field 'size' is not a whole number");
  EXPECT_EQ(error_of(begin + R"("recipients":"b@y.example"})").detail,
            "field 'recipients' is not a list of texts");
  EXPECT_EQ(error_of(begin + R"("recipients":["b",7]})").detail, "field 'recipients' is not a list of texts");
}

TEST(TraceReader, RefusesWhatIsNoJsonObject) {
  for (const std::string_view line :
       {"", "hello", "[]", "17", "{", "\"a\"", "{\"a\":1}}", "{\"a\":1} x", "\xff"}) {
    EXPECT_EQ(error_of(line).code, ErrorCode::kInvalidInput) << line;
  }
  for (std::size_t size = 1; size < kSubmission.size(); ++size) {
    EXPECT_EQ(error_of(kSubmission.substr(0, size)).code, ErrorCode::kInvalidInput) << size;
  }
}

TEST(TraceReader, PassesOverWhatSaysNothing) {
  const std::string begin = R"({"time":"2026-03-02T08:00:00Z","event":")";
  for (const std::string_view rest : {
           R"(eclipse","account":"a"})",
           "login\",\"account\":\"(unavailable)\"}",
           R"(login","account":""})",
           R"(login","account":"a","result":"perhaps"})",
           R"(delivery","account":"a","status":"undeliverable"})",
           R"(scan","account":"a"})",
       }) {
    EXPECT_EQ(error_of(begin + std::string(rest)).code, ErrorCode::kNotFound) << rest;
  }
}

TEST(TraceReader, ReadsASettingOfWhichLittleIsKnown) {
  TraceReader reader("");
  const auto change = read_as<SettingChange>(
      reader, R"({"time":"2026-03-02T08:00:00Z","event":"setting_change","account":"a@x.example",)"
              R"("client_address":"nowhere","setting":"signature"})");
  EXPECT_EQ(change.setting, SettingKind::kOther);
  EXPECT_EQ(change.target, "");
  EXPECT_FALSE(change.session.client_address);
}

TEST(TraceReader, GivesAComplaintTheAccountOfItsMessage) {
  TraceReader reader("");
  const std::string_view complaint =
      R"({"time":"2026-03-03T08:00:00Z","event":"complaint","queue_id":"4Q1","feedback_type":"abuse"})";
  EXPECT_FALSE(reader.read(complaint));
  read_as<Submission>(reader, std::string(kSubmission));
  const auto read = read_as<Complaint>(reader, std::string(complaint));
  EXPECT_EQ(read.account.text(), "a@x.example");
  EXPECT_EQ(read.feedback_type, "abuse");
}

TEST(TraceReader, CutsLongTexts) {
  TraceReader reader("");
  const std::string subject(998 - 1, 's');
  const auto submission = read_as<Submission>(
      reader, R"({"time":"2026-03-02T08:00:00Z","event":"submission","account":"a","subject":")" + subject +
                  "\xc3\xa9"
                  R"(xxx"})");
  EXPECT_EQ(submission.subject, subject);  // and no half letter
}

TEST(TraceReader, ReplacesEscapesThatMeanNothing) {
  TraceReader reader("");
  const auto submission = read_as<Submission>(
      reader,
      R"({"time":"2026-03-02T08:00:00Z","event":"submission","account":"a","subject":"a\udcffb\n\"c"})");
  EXPECT_EQ(submission.subject,
            "a\xef\xbf\xbd"
            "b\n\"c");
}

TEST(TraceText, WritesOnlyValidUtf8) {
  const auto written = [](std::string_view text) {
    std::string out;
    append_json_string(out, text);
    return out;
  };
  EXPECT_EQ(written("a\"b\\c\n\x01\x7f"), "\"a\\\"b\\\\c\\n\\u0001\x7f\"");
  EXPECT_EQ(written("caf\xc3\xa9"), "\"caf\xc3\xa9\"");
  EXPECT_EQ(written("\xff"
                    "a\xc3"),
            "\"\xef\xbf\xbd"
            "a\xef\xbf\xbd\"");
  // Overlong, a surrogate, beyond U+10FFFF.
  EXPECT_EQ(written("\xc0\xaf").size(), 2U + 6U);
  EXPECT_EQ(written("\xed\xa0\x80").size(), 2U + 9U);
  EXPECT_EQ(written("\xf4\x90\x80\x80").size(), 2U + 12U);
}

// Any text: words of the field as well as bytes that are no text at all.
std::string any_text() {
  const auto bytes = *rc::gen::container<std::vector<int>>(
      rc::gen::oneOf(rc::gen::inRange(0x20, 0x7f), rc::gen::inRange(0, 256)));
  std::string text;
  for (const int byte : bytes) text += static_cast<char>(byte);
  return text;
}

// What any text becomes by being written once.
std::string utf8_text() {
  std::string json;
  append_json_string(json, any_text());
  return decode_json_string(std::string_view(json).substr(1, json.size() - 2));
}

AccountId any_account() {
  return *AccountId::from_login("user" + std::to_string(*rc::gen::inRange(0, 1000)) + "@x.example", "");
}

Timestamp any_time() {
  return Timestamp{Duration{*rc::gen::inRange<std::int64_t>(0, 4'000'000'000'000)}};
}

Session any_session() {
  static const std::vector<Service> kServices = {Service::kUnknown, Service::kSmtp,  Service::kImap,
                                                 Service::kPop3,    Service::kSieve, Service::kWebmail};
  Session session;
  if (*rc::gen::arbitrary<bool>()) {
    session.client_address =
        IpAddress(*rc::gen::arbitrary<std::uint64_t>(), *rc::gen::arbitrary<std::uint64_t>());
  }
  session.client_name = utf8_text();
  session.helo_name = utf8_text();
  session.service = *rc::gen::elementOf(kServices);
  return session;
}

void expect_same(const Session& a, const Session& b) {
  RC_ASSERT(a.client_address == b.client_address);
  RC_ASSERT(a.client_name == b.client_name);
  RC_ASSERT(a.helo_name == b.helo_name);
  RC_ASSERT(a.service == b.service);
}

template <typename Kind>
Kind written_and_read(const Kind& event) {
  TraceReader reader("");
  auto read = reader.read(write_trace_line(event));
  RC_ASSERT(static_cast<bool>(read));
  auto* same = std::get_if<Kind>(&*read);
  RC_ASSERT(same != nullptr);
  RC_ASSERT(same->time == event.time);
  RC_ASSERT(same->account == event.account);
  return std::move(*same);
}

RC_GTEST_PROP(Trace, ReadsTheSameLoginBack, ()) {
  const auto reason =
      *rc::gen::element(LoginFailure::kNone, LoginFailure::kBadPassword, LoginFailure::kUnknownUser,
                        LoginFailure::kDisabled, LoginFailure::kOther);
  const Login event{any_time(),    any_account(),
                    any_session(), reason == LoginFailure::kNone,
                    reason,        *rc::gen::arbitrary<std::uint64_t>()};
  const auto read = written_and_read(event);
  expect_same(read.session, event.session);
  RC_ASSERT(read.success == event.success);
  RC_ASSERT(read.reason == event.reason);
  RC_ASSERT(read.password_hash == event.password_hash);
}

RC_GTEST_PROP(Trace, ReadsTheSameSubmissionBack, ()) {
  Submission event;
  event.time = any_time();
  event.account = any_account();
  event.session = any_session();
  event.queue_id = utf8_text();
  event.sender = utf8_text();
  const int recipients = *rc::gen::inRange(0, 4);
  for (int i = 0; i < recipients; ++i) event.recipients.push_back("r" + utf8_text());
  event.recipient_count = static_cast<std::uint32_t>(event.recipients.size()) + *rc::gen::inRange(0U, 3U);
  event.size = *rc::gen::arbitrary<std::uint64_t>();
  event.header_from = utf8_text();
  event.subject = utf8_text();
  event.message_id = utf8_text();
  const auto read = written_and_read(event);
  expect_same(read.session, event.session);
  RC_ASSERT(read.queue_id == event.queue_id);
  RC_ASSERT(read.sender == event.sender);
  RC_ASSERT(read.recipients == event.recipients);
  RC_ASSERT(read.recipient_count == event.recipient_count);
  RC_ASSERT(read.size == event.size);
  RC_ASSERT(read.header_from == event.header_from);
  RC_ASSERT(read.subject == event.subject);
  RC_ASSERT(read.message_id == event.message_id);
}

RC_GTEST_PROP(Trace, ReadsTheSameDeliveryBack, ()) {
  Delivery event;
  event.time = any_time();
  event.account = any_account();
  event.queue_id = utf8_text();
  event.recipient = utf8_text();
  event.status = *rc::gen::element(DeliveryStatus::kSent, DeliveryStatus::kDeferred, DeliveryStatus::kBounced,
                                   DeliveryStatus::kExpired);
  if (*rc::gen::arbitrary<bool>()) event.dsn = *EnhancedStatus::parse("5.7.26");
  event.response = "550 5.1.1 " + utf8_text();
  const auto read = written_and_read(event);
  RC_ASSERT(read.queue_id == event.queue_id);
  RC_ASSERT(read.recipient == event.recipient);
  RC_ASSERT(read.status == event.status);
  RC_ASSERT(read.dsn == event.dsn);
  RC_ASSERT(read.response == event.response);
}

RC_GTEST_PROP(Trace, ReadsTheOtherEventsBack, ()) {
  const Recipient recipient{any_time(), any_account(), any_session(), utf8_text(), utf8_text(), utf8_text()};
  const auto read_recipient = written_and_read(recipient);
  expect_same(read_recipient.session, recipient.session);
  RC_ASSERT(read_recipient.transaction == recipient.transaction);
  RC_ASSERT(read_recipient.recipient == recipient.recipient);
  const Scan scan{any_time(), any_account(), utf8_text(), utf8_text(), ScanResult::kSpam, utf8_text()};
  const auto read_scan = written_and_read(scan);
  RC_ASSERT(read_scan.result == scan.result);
  RC_ASSERT(read_scan.signature == scan.signature);
  const Judgement judgement{any_time(), any_account(), *rc::gen::arbitrary<bool>(), utf8_text(), utf8_text()};
  const auto read_judgement = written_and_read(judgement);
  RC_ASSERT(read_judgement.confirmed == judgement.confirmed);
  RC_ASSERT(read_judgement.reason == judgement.reason);
  const SettingChange setting{any_time(), any_account(), any_session(), SettingKind::kFilter, utf8_text()};
  const auto read_setting = written_and_read(setting);
  expect_same(read_setting.session, setting.session);
  RC_ASSERT(read_setting.setting == setting.setting);
  RC_ASSERT(read_setting.target == setting.target);
  const Complaint complaint{any_time(), any_account(), utf8_text(), utf8_text(), utf8_text(), utf8_text()};
  const auto read_complaint = written_and_read(complaint);
  RC_ASSERT(read_complaint.queue_id == complaint.queue_id);
  RC_ASSERT(read_complaint.recipient == complaint.recipient);
  RC_ASSERT(read_complaint.feedback_type == complaint.feedback_type);
  RC_ASSERT(read_complaint.source == complaint.source);
  written_and_read(CredentialChange{any_time(), any_account()});
}

RC_GTEST_PROP(Trace, IsTotal, ()) {
  TraceReader reader("x.example");
  (void)reader.read(any_text());
  // A good line with one byte changed.
  std::string line(kSubmission);
  line[*rc::gen::inRange<std::size_t>(0, line.size())] = *rc::gen::arbitrary<char>();
  const auto event = reader.read(line);
  RC_ASSERT(event || !event.error().detail.empty());
}

RC_GTEST_PROP(Trace, WritesAnyBytesAsValidLines, ()) {
  TraceReader reader("");
  Submission event;
  event.account = any_account();
  event.queue_id = any_text();
  event.subject = any_text();
  const auto line = write_trace_line(event);
  RC_ASSERT(line.find('\n') == std::string::npos);
  RC_ASSERT(static_cast<bool>(reader.read(line)));
}

}  // namespace
}  // namespace postreeve
