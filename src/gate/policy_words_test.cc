#include "gate/policy_words.h"

#include <algorithm>
#include <string>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace postreeve {
namespace {

PolicyRequest asked(std::string_view state) {
  PolicyRequest request;
  request.protocol_state = state;
  request.client_address = "198.51.100.7";
  request.client_name = "unknown";
  request.helo_name = "laptop";
  request.sender = "alice@example.test";
  request.recipient = "r1@ok.test";
  request.recipient_count = "0";
  request.instance = "2f6c.6b0230b3.bb3a2.0";
  request.size = "12345";
  request.sasl_username = "Alice";
  return request;
}

TEST(PolicyWords, ARecipientAskedIsAnEvent) {
  const std::optional<Event> event = event_of(asked("RCPT"), "example.test");
  ASSERT_TRUE(event);
  const auto* recipient = std::get_if<Recipient>(&*event);
  ASSERT_NE(recipient, nullptr);
  EXPECT_EQ(recipient->account.text(), "alice@example.test");
  EXPECT_EQ(recipient->transaction, "2f6c.6b0230b3.bb3a2.0");
  EXPECT_EQ(recipient->sender, "alice@example.test");
  EXPECT_EQ(recipient->recipient, "r1@ok.test");
  EXPECT_EQ(recipient->session.client_address, IpAddress::parse("198.51.100.7"));
  EXPECT_EQ(recipient->session.client_name, "");
  EXPECT_EQ(recipient->session.helo_name, "laptop");
  EXPECT_EQ(recipient->session.service, Service::kSmtp);
}

TEST(PolicyWords, AMessageIsAnEventWithTheRecipientsItNames) {
  PolicyRequest request = asked("END-OF-MESSAGE");
  request.queue_id = "4jX8D52N6Bz1c3sR";
  request.recipient = "";
  request.recipient_count = "7";
  std::optional<Event> event = event_of(request, "example.test");
  ASSERT_TRUE(event && std::holds_alternative<Submission>(*event));
  const auto& several = std::get<Submission>(*event);
  EXPECT_EQ(several.queue_id, "4jX8D52N6Bz1c3sR");
  EXPECT_EQ(several.transaction, "2f6c.6b0230b3.bb3a2.0");
  EXPECT_EQ(several.recipient_count, 7U);
  EXPECT_TRUE(several.recipients.empty());
  EXPECT_EQ(several.size, 12345U);

  request.recipient = "r1@ok.test";
  request.recipient_count = "junk";
  request.size = "-1";
  event = event_of(request, "");
  ASSERT_TRUE(event);
  const auto& one = std::get<Submission>(*event);
  EXPECT_EQ(one.account.text(), "alice");
  EXPECT_EQ(one.recipients, std::vector<std::string>{"r1@ok.test"});
  EXPECT_EQ(one.recipient_count, 1U);
  EXPECT_EQ(one.size, 0U);
}

TEST(PolicyWords, TheNullSenderCountsLikeAnyOther) {
  PolicyRequest request = asked("RCPT");
  request.sender = "";
  EXPECT_TRUE(event_of(request, ""));
}

TEST(PolicyWords, OtherStagesAndNobodyAreNoEvents) {
  for (const char* state : {"VRFY", "CONNECT", "EHLO", "MAIL", "ETRN", "NEWS"})
    EXPECT_FALSE(event_of(asked(state), "")) << state;
  PolicyRequest request = asked("RCPT");
  for (const char* login : {"", "<>", "a\x01z"}) {
    request.sasl_username = login;
    EXPECT_FALSE(event_of(request, "")) << login;
  }
}

TEST(PolicyWords, AMessageWithoutAQueueIdIsNamedByItsInstance) {
  const std::optional<Event> event = event_of(asked("DATA"), "");
  ASSERT_TRUE(event);
  EXPECT_EQ(std::get<Submission>(*event).queue_id, "2f6c.6b0230b3.bb3a2.0");
}

TEST(PolicyWords, AttributesAreCut) {
  const std::string megabyte(1'000'000, 'x');
  PolicyRequest request = asked("RCPT");
  request.recipient = megabyte;
  const std::optional<Event> event = event_of(request, "");
  ASSERT_TRUE(event);
  EXPECT_EQ(std::get<Recipient>(*event).recipient.size(), kMaxTextBytes);
}

TEST(PolicyWords, AnAnswerIsAnActionOfPostfix) {
  Answer answer;
  answer.incident = IncidentId{0xc0ffee};
  answer.reply = Reply::kAbused;
  const auto says = [&](Action action, std::string_view divert_to = "") {
    return action_text(action, answer, divert_to);
  };
  EXPECT_EQ(says(Action::kAccept), "DUNNO");
  EXPECT_EQ(says(Action::kDefer), "451 4.7.1 This account seems to be abused; please contact support");
  EXPECT_EQ(says(Action::kHold), "HOLD Postreeve: incident 0000000000c0ffee");
  EXPECT_EQ(says(Action::kDivert), "HOLD Postreeve: incident 0000000000c0ffee");
  EXPECT_EQ(says(Action::kDivert, "smtp:[127.0.0.1]:10026"), "FILTER smtp:[127.0.0.1]:10026");
  EXPECT_EQ(says(Action::kDivert, "doubtful@x.example"), "REDIRECT doubtful@x.example");
  answer.reply = Reply::kNone;
  EXPECT_TRUE(says(Action::kReject).starts_with("554 5.7.1 ")) << says(Action::kReject);
  EXPECT_EQ(says(Action::kDefer), "451 4.3.0 Temporary local problem; please try again later");
  answer.incident = {};
  EXPECT_EQ(says(Action::kHold), "HOLD Postreeve");
}

RC_GTEST_PROP(PolicyWords, NoReasonBreaksTheHeaderLine, (const std::string& reason)) {
  Answer answer;
  answer.would = Action::kHold;
  answer.reason = reason;
  const std::string text = prepend_text(answer);
  RC_ASSERT(text.starts_with("PREPEND X-Postreeve: standing=clear risk=0.0 would=hold"));
  RC_ASSERT(text.size() < 300U);
  RC_ASSERT(std::ranges::all_of(text, [](char c) { return c >= ' ' && c <= '~'; }));
}

}  // namespace
}  // namespace postreeve
