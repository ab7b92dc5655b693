// Real lines that nobody here wrote: every folder must be understood, every label met.
// The corpus is not part of the repository; POSTREEVE_CORPUS names its folder.
#include <gtest/gtest.h>
#include <simdjson.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <string>
#include <vector>

#include "intake/field_cursor.h"
#include "intake/grammars.h"
#include "intake/joiner.h"
#include "intake/log_line.h"

namespace postreeve {
namespace {

namespace fs = std::filesystem;

class PostfixCorpus : public testing::Test {
 protected:
  void SetUp() override {
    const char* folder = std::getenv("POSTREEVE_CORPUS");
    if (folder == nullptr) GTEST_SKIP() << "POSTREEVE_CORPUS is not set: real lines are not tested";
    corpus_ = folder;
  }
  fs::path corpus_;
};

std::vector<std::string> lines_of(const fs::path& file) {
  std::ifstream stream(file, std::ios::binary);
  EXPECT_TRUE(stream) << file;
  std::vector<std::string> lines;
  for (std::string line; std::getline(stream, line);) lines.push_back(line);
  return lines;
}

struct Share {
  std::size_t lines = 0;
  std::size_t understood = 0;
};

Share share_of(const fs::path& folder) {
  Share share;
  for (const auto& entry : fs::directory_iterator(folder)) {
    if (entry.path().extension() != ".log") continue;
    for (const auto& line : lines_of(entry.path())) {
      const LogLine parsed = parse_log_line(line);
      if (parsed.program != Program::kPostfix) continue;
      ++share.lines;
      if (!std::holds_alternative<NotUnderstood>(parsed.record)) ++share.understood;
    }
  }
  return share;
}

TEST_F(PostfixCorpus, IsUnderstood) {
  for (const auto* folder : {"lightmeter-complete", "lightmeter-individual", "infohtreasure", "saftpresse",
                             "lograptor", "log-ship-elastic-postfix", "fail2ban", "crowdsec-hub", "ossec"}) {
    const auto share = share_of(corpus_ / folder);
    const double percent = 100.0 * static_cast<double>(share.understood) / static_cast<double>(share.lines);
    std::cout << folder << ": " << share.understood << " of " << share.lines << " Postfix lines (" << percent
              << " %)\n";
    EXPECT_GT(share.lines, 0U) << folder;
    EXPECT_GE(percent, 99.0) << folder;
  }
}

TEST_F(PostfixCorpus, HasExactlyTheSubmissionsOfASmallHost) {
  std::vector<Event> events;
  Joiner joiner({}, [&](Event&& event) { events.push_back(std::move(event)); });
  for (const auto& line : lines_of(corpus_ / "lightmeter-complete" / "mail.log.1.log")) {
    const LogLine parsed = parse_log_line(line);
    ASSERT_TRUE(parsed.stamp) << line;
    const auto time =
        Timestamp{std::chrono::sys_days{std::chrono::year{2021} / parsed.stamp->month / parsed.stamp->day}} +
        parsed.stamp->time_of_day;
    joiner.add(time, parsed.host, parsed.record);
  }
  joiner.finish();
  std::size_t submissions = 0;
  for (const auto& event : events) {
    const auto& account = account_of(event).text();
    EXPECT_NE(account, "(unavailable)");
    EXPECT_NE(account, "<>");
    EXPECT_NE(account, "");
    if (const auto* delivery = std::get_if<Delivery>(&event)) {
      EXPECT_EQ(delivery->response.find("127.0.0.1]:10025"), std::string::npos)
          << "a hand-over to the content filter";
    }
    const auto* submission = std::get_if<Submission>(&event);
    if (submission == nullptr) continue;
    ++submissions;
    EXPECT_FALSE(submission->recipients.empty()) << submission->queue_id;
    EXPECT_GT(submission->size, 0U) << submission->queue_id;
    EXPECT_TRUE(submission->session.client_address) << submission->queue_id;
  }
  EXPECT_EQ(submissions, 36U);
}

// One label: what a field of the record must be.
struct Facts {
  std::string queue_id;
  std::string client_address;
  std::string status;
  std::string second_queue_id;
  std::string relay;
  std::string fields;  // as the line must have them
};

Facts facts_of(const Record& record) {
  Facts facts;
  if (const auto* login = std::get_if<LoginSeen>(&record)) facts.client_address = login->client_address;
  if (const auto* received = std::get_if<MessageReceived>(&record)) {
    facts.queue_id = received->queue_id;
    if (received->client_address.empty()) return facts;  // from pickup
    facts.fields =
        "client=" + std::string(received->client_name) + "[" + std::string(received->client_address) + "]";
  }
  if (const auto* seen = std::get_if<MessageIdSeen>(&record)) facts.queue_id = seen->queue_id;
  if (const auto* header = std::get_if<HeaderSeen>(&record)) facts.queue_id = header->queue_id;
  if (const auto* queued = std::get_if<MessageQueued>(&record)) {
    facts.queue_id = queued->queue_id;
    facts.fields = "from=<" + std::string(queued->sender) + ">, size=" + std::to_string(queued->size) +
                   ", nrcpt=" + std::to_string(queued->recipient_count);
  }
  if (const auto* removed = std::get_if<MessageRemoved>(&record)) facts.queue_id = removed->queue_id;
  if (const auto* refused = std::get_if<Refused>(&record)) {
    facts.queue_id = refused->queue_id.empty() ? "NOQUEUE" : std::string(refused->queue_id);
    facts.client_address = refused->client_address;
  }
  if (const auto* sent = std::get_if<NotificationSent>(&record)) {
    facts.queue_id = sent->queue_id;
    facts.second_queue_id = sent->notification_queue_id;
  }
  if (const auto* delivery = std::get_if<DeliverySeen>(&record)) {
    facts.queue_id = delivery->queue_id;
    facts.status = to_text(delivery->status);
    facts.relay = delivery->relay;
    if (!delivery->relay.empty()) facts.fields = "relay=" + facts.relay + ", delay=";
  }
  return facts;
}

std::string text_of(simdjson::dom::object expected, const char* field) {
  std::string_view text;
  return expected[field].get(text) == simdjson::SUCCESS ? std::string(text) : std::string();
}

// Compares what both name; a label may name more than the record keeps.
void expect_as_labelled(const std::string& message, const Record& record, simdjson::dom::object expected) {
  const Facts facts = facts_of(record);
  const auto expect = [&](const std::string& ours, const std::string& theirs) {
    if (ours.empty() || theirs.empty()) return;
    EXPECT_EQ(ours, theirs) << message;
  };
  expect(facts.queue_id, text_of(expected, "postfix_queueid"));
  expect(facts.client_address, text_of(expected, "postfix_client_ip"));
  expect(facts.status, text_of(expected, "postfix_status"));
  expect(facts.second_queue_id, text_of(expected, "postfix_bounce_queueid"));
  if (!facts.relay.empty() && !text_of(expected, "postfix_relay_ip").empty()) {
    const auto relay = FieldCursor(facts.relay).take_client();
    ASSERT_TRUE(relay) << message;
    EXPECT_EQ(relay->address, text_of(expected, "postfix_relay_ip")) << message;
  }
  const auto fields = text_of(expected, "postfix_keyvalue_data");
  if (!facts.fields.empty() && !fields.empty()) {
    EXPECT_NE(fields.find(facts.fields), std::string::npos) << message;
  }
  const auto status = text_of(expected, "postfix_status");
  if (status == "sent" || status == "deferred" || status == "bounced" || status == "expired") {
    EXPECT_EQ(facts.status, status) << message;
  }
  EXPECT_EQ(std::holds_alternative<NotificationSent>(record),
            !text_of(expected, "postfix_bounce_queueid").empty())
      << message;
}

TEST_F(PostfixCorpus, IsReadAsLabelled) {
  simdjson::dom::parser parser;
  std::size_t labelled = 0;
  for (const auto& line : lines_of(corpus_ / "whyscream-grok" / "labels.jsonl")) {
    simdjson::dom::object label;
    ASSERT_EQ(parser.parse(line).get(label), simdjson::SUCCESS);
    const auto program = text_of(label, "program");
    if (program == "postfix/?") continue;  // a part of a line, not a line
    simdjson::dom::object expected;
    ASSERT_EQ(label["expected"].get(expected), simdjson::SUCCESS);
    const auto message = text_of(label, "message");
    const Record record = parse_postfix(program.substr(program.rfind('/') + 1), message);
    EXPECT_FALSE(std::holds_alternative<NotUnderstood>(record)) << program << ": " << message;
    expect_as_labelled(message, record, expected);
    ++labelled;
  }
  EXPECT_GT(labelled, 150U);
}

}  // namespace
}  // namespace postreeve
