#include "gate/postfix_policy.h"

#include <string>
#include <string_view>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "gate/conversation_testing.h"

namespace postreeve {
namespace {

struct Asked {
  std::string_view state = "RCPT";
  std::string_view recipient = "r1@ok.test";
  std::string_view queue_id = "";
  std::string_view instance = "588a.6b022ef5.4f048.0";
  std::string_view login = "alice@example.test";
};

std::string text_of(const Asked& asked) {
  return fmt::format(
      "request=smtpd_access_policy\nprotocol_state={}\nclient_address=198.51.100.7\nclient_port=60709\n"
      "helo_name=laptop\nsender=alice@example.test\nrecipient={}\nrecipient_count=1\nqueue_id={}\n"
      "instance={}\nsize=500\nsasl_username={}\n\n",
      asked.state, asked.recipient, asked.queue_id, asked.instance, asked.login);
}

// Counts what the guard judged.
class Counter final : public DecisionWatcher {
 public:
  void saw(const Decided& decided) override {
    if (decided.observation.repeated) return;
    recipients += std::holds_alternative<Recipient>(decided.event);
    messages += std::holds_alternative<Submission>(decided.event);
  }
  int recipients = 0;
  int messages = 0;
};

class PostfixPolicyTest : public testing::Test {
 protected:
  PostfixPolicyTest() { room_.guard->add_watcher(counter_); }

  std::unique_ptr<Conversation> connect(const PostfixPolicyOptions& options = {}) {
    return make_postfix_policy(*room_.guard, waiting_, std::make_shared<PostfixPolicyOptions>(options));
  }

  GuardRoom room_;
  WaitingActions waiting_;
  Counter counter_;
};

constexpr std::string_view kQueueId = "4jX8D52N6Bz1c3sR";

TEST_F(PostfixPolicyTest, AMessageOfTwoRecipientsCountsOnceWhereverItIsAskedAbout) {
  const auto postfix = connect();
  for (int message = 0; message < 3; ++message) {
    const std::string instance = fmt::format("588a.6b022ef5.4f048.{}", message);
    const std::string queue_id = fmt::format("4jX8D52N6Bz1c3s{}", message);
    const auto says = [&](std::string_view state, std::string_view recipient) {
      return ask(*postfix, text_of({state, recipient, state == "RCPT" ? "" : queue_id, instance}));
    };
    EXPECT_EQ(says("RCPT", "r1@ok.test"), "action=DUNNO\n\n");
    EXPECT_EQ(says("RCPT", "r2@ok.test"), "action=DUNNO\n\n");
    EXPECT_EQ(says("DATA", ""), "action=DUNNO\n\n");
    EXPECT_EQ(says("END-OF-MESSAGE", ""), "action=DUNNO\n\n");
    EXPECT_EQ(counter_.recipients, 2 * (message + 1));
    EXPECT_EQ(counter_.messages, message + 1);
  }
}

TEST_F(PostfixPolicyTest, ARepeatedRequestIsNotCountedAgain) {
  EXPECT_EQ(ask(*connect(), text_of({})), "action=DUNNO\n\n");
  EXPECT_EQ(ask(*connect(), text_of({})), "action=DUNNO\n\n");
  EXPECT_EQ(counter_.recipients, 1);
}

TEST_F(PostfixPolicyTest, OtherStagesAndStrangersAreNothingToSayAbout) {
  const auto postfix = connect();
  for (const std::string_view state : {"CONNECT", "EHLO", "MAIL", "VRFY", "ETRN"})
    EXPECT_EQ(ask(*postfix, text_of({.state = state})), "action=DUNNO\n\n") << state;
  EXPECT_EQ(ask(*postfix, text_of({.login = ""})), "action=DUNNO\n\n");
  EXPECT_EQ(counter_.recipients + counter_.messages, 0);
}

TEST_F(PostfixPolicyTest, ASuspendedAccountIsDeferredAtEachStep) {
  order(*room_.guard, "alice@example.test", Level::kSuspended);
  const auto postfix = connect();
  EXPECT_TRUE(ask(*postfix, text_of({})).starts_with("action=451 4.7.1 "));
  EXPECT_TRUE(ask(*postfix, text_of({.state = "END-OF-MESSAGE", .queue_id = kQueueId}))
                  .starts_with("action=451 4.7.1 "));
}

TEST_F(PostfixPolicyTest, AHeldMessageIsHeldAtRecipientsUntilMessagesAreAskedAbout) {
  order(*room_.guard, "alice@example.test", Level::kHeld);
  const auto postfix = connect();
  EXPECT_TRUE(ask(*postfix, text_of({})).starts_with("action=HOLD Postreeve: incident "));
  const Asked message{.state = "END-OF-MESSAGE", .queue_id = kQueueId};
  EXPECT_TRUE(ask(*postfix, text_of(message)).starts_with("action=HOLD "));
  const Asked next{.recipient = "r2@ok.test", .instance = "588a.6b022ef5.4f048.1"};
  EXPECT_EQ(ask(*postfix, text_of(next)), "action=DUNNO\n\n");
  const Asked next_message{
      .state = "END-OF-MESSAGE", .queue_id = "4jX8D52N6Bz1c3sS", .instance = "588a.6b022ef5.4f048.1"};
  EXPECT_TRUE(ask(*postfix, text_of(next_message)).starts_with("action=HOLD "));
}

TEST(PostfixPolicyLimit, TheHoldOfOneRecipientIsTheWholeMessages) {
  Limit limit;
  limit.counted = Counted::kRecipients;
  limit.amount = 1;
  limit.action = Action::kHold;
  GuardRoom room;
  room.policy.limits.push_back(limit);
  room.guard->set_rules(room.rules());
  WaitingActions waiting;
  auto postfix = make_postfix_policy(*room.guard, waiting, std::make_shared<PostfixPolicyOptions>());
  const auto says = [&](std::string_view state, std::string_view recipient, std::string_view instance) {
    return ask(*postfix, text_of({state, recipient, state == "RCPT" ? "" : instance, instance}));
  };
  EXPECT_EQ(says("RCPT", "r1@ok.test", "a.0"), "action=DUNNO\n\n");
  EXPECT_TRUE(says("RCPT", "r2@ok.test", "a.0").starts_with("action=HOLD"));  // nobody may ask again
  EXPECT_EQ(says("DATA", "", "a.0"), "action=DUNNO\n\n");
  EXPECT_EQ(says("RCPT", "r3@ok.test", "a.1"), "action=DUNNO\n\n");
  EXPECT_TRUE(says("DATA", "r3@ok.test", "a.1").starts_with("action=HOLD"));
  // Postfix closes a connection that was idle while the client took its time with the message.
  postfix = make_postfix_policy(*room.guard, waiting, std::make_shared<PostfixPolicyOptions>());
  EXPECT_TRUE(says("END-OF-MESSAGE", "r3@ok.test", "a.1").starts_with("action=HOLD"));
}

TEST_F(PostfixPolicyTest, OnRequestAnAcceptedMessageSaysWhyOnce) {
  const auto postfix = connect({.prepends = true});
  EXPECT_TRUE(ask(*postfix, text_of({})).starts_with("action=PREPEND X-Postreeve: standing=clear risk="));
  EXPECT_EQ(ask(*postfix, text_of({.recipient = "r2@ok.test"})), "action=DUNNO\n\n");
  EXPECT_EQ(ask(*postfix, text_of({.state = "DATA", .queue_id = kQueueId})), "action=DUNNO\n\n");
}

TEST_F(PostfixPolicyTest, WhatIsNoRequestEndsTheConnectionWithoutAnAnswer) {
  const auto postfix = connect();
  EXPECT_EQ(ask(*postfix, "\n"), "");
  EXPECT_FALSE(postfix->is_over());
  EXPECT_EQ(ask(*postfix, "GET / HTTP/1.0\n\n"), "");
  EXPECT_TRUE(postfix->is_over());
}

TEST_F(PostfixPolicyTest, InObserveModeNothingIsRefused) {
  order(*room_.guard, "alice@example.test", Level::kSuspended);
  room_.guard->set_mode(Mode::kObserve);
  EXPECT_EQ(ask(*connect(), text_of({})), "action=DUNNO\n\n");
  EXPECT_EQ(counter_.recipients, 1);
}

}  // namespace
}  // namespace postreeve
