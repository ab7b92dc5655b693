#include "engine/message.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <map>
#include <string>
#include <vector>

#include "engine/engine_testing.h"

namespace postreeve {
namespace {

using namespace std::chrono_literals;

Submission message_to(const EngineRoom& room, const std::vector<std::string>& recipients,
                      const std::string& queue_id = "M1", const std::string& address = kOfficeAddress) {
  Submission message = room.submission_event(address, queue_id);
  message.recipients = recipients;
  message.recipient_count = static_cast<std::uint32_t>(recipients.size());
  return message;
}

std::vector<std::string> people(int count) {
  std::vector<std::string> all;
  for (int i = 0; i < count; ++i) all.push_back(fmt::format("p{}@y.example", i));
  return all;
}

Policy with_limit(Counted counted, std::uint32_t amount, Action action) {
  Policy policy;
  policy.limits.push_back({.name = "l",
                           .when = {},
                           .key = LimitKey::kAccount,
                           .counted = counted,
                           .amount = amount,
                           .window = 1h,
                           .action = action});
  return policy;
}

void confirm_take_over(EngineRoom& room) {
  room.observe(Judgement{room.now, account_named(kAnna), true, "support", ""});
}

TEST(MessageJudge, CountsRecipientsAndOneMessage) {
  EngineRoom room;
  MessageJudge judge(room.engine);
  const MessageOutcome& outcome = judge.judge(message_to(room, people(3)));
  EXPECT_EQ(outcome.action, Action::kAccept);
  EXPECT_EQ(outcome.recipients_accepted, 3U);
  EXPECT_NEAR(room.record().profile.rates.recipients, 3, 0.03 * 3);
  EXPECT_EQ(room.record().profile.messages, 1U);
}

TEST(MessageJudge, CountsRecipientsThatAreNotNamed) {
  EngineRoom room;
  MessageJudge judge(room.engine);
  Submission message = message_to(room, people(2));
  message.recipient_count = 7;
  EXPECT_EQ(judge.judge(message).recipients_accepted, 7U);
  message = message_to(room, {}, "M2");
  message.recipient_count = 4;
  EXPECT_EQ(judge.judge(message).recipients_accepted, 4U);
  EXPECT_EQ(room.record().profile.messages, 2U);
}

TEST(MessageJudge, SubmitsNothingWhenNoRecipientWasAccepted) {
  EngineRoom room;
  room.live(5);
  confirm_take_over(room);
  const std::uint32_t before = room.record().stranger ? 1 : 0;
  MessageJudge judge(room.engine);
  const MessageOutcome& outcome = judge.judge(message_to(room, people(3), "M1", kThiefsAddress));
  EXPECT_EQ(before, 0U);
  EXPECT_EQ(outcome.action, Action::kDefer);
  EXPECT_EQ(outcome.recipients_accepted, 0U);
  EXPECT_EQ(outcome.recipients_deferred, 3U);
  ASSERT_NE(room.record().stranger, nullptr);
  EXPECT_EQ(room.record().stranger->activity.messages_day.count(room.now), 0U);
}

TEST(MessageJudge, SaysDeferWhenSomeRecipientsWereDeferred) {
  EngineRoom room(with_limit(Counted::kRecipientsPerMessage, 2, Action::kDefer));
  MessageJudge judge(room.engine);
  const MessageOutcome& outcome = judge.judge(message_to(room, people(5)));
  EXPECT_EQ(outcome.action, Action::kDefer);
  EXPECT_EQ(outcome.recipients_accepted, 2U);
  EXPECT_EQ(outcome.recipients_deferred, 3U);
  EXPECT_EQ(outcome.limit, 1);
}

TEST(MessageJudge, LetsNobodyOutOfAHeldMessage) {
  EngineRoom room(with_limit(Counted::kMessages, 0, Action::kHold));
  MessageJudge judge(room.engine);
  const MessageOutcome& outcome = judge.judge(message_to(room, people(3)));
  EXPECT_EQ(outcome.action, Action::kHold);
  EXPECT_EQ(outcome.recipients_accepted, 0U);
  EXPECT_EQ(outcome.recipients_held, 3U);
}

TEST(MessageJudge, HoldsTheWholeMessageWhenARecipientIsHeld) {
  EngineRoom room(with_limit(Counted::kRecipientsPerMessage, 2, Action::kHold));
  MessageJudge judge(room.engine);
  const MessageOutcome& outcome = judge.judge(message_to(room, people(3)));
  EXPECT_EQ(outcome.action, Action::kHold);
  EXPECT_EQ(outcome.recipients_held, 3U);
  EXPECT_EQ(outcome.recipients_accepted, 0U);
}

TEST(MessageJudge, LetsNobodyOutOfAHeldMessageOneOfWhoseRecipientsWasRejected) {
  Policy policy = with_limit(Counted::kMessages, 0, Action::kHold);
  policy.limits.push_back(with_limit(Counted::kRecipientsPerMessage, 2, Action::kReject).limits[0]);
  EngineRoom room(policy);
  MessageJudge judge(room.engine);
  const MessageOutcome& outcome = judge.judge(message_to(room, people(3)));
  EXPECT_EQ(outcome.recipients_rejected, 1U);
  EXPECT_EQ(outcome.recipients_held, 2U);
  EXPECT_EQ(outcome.recipients_accepted, 0U);
}

TEST(MessageJudge, LetsNobodyOutOfARefusedMessage) {
  for (const Action action : {Action::kDefer, Action::kReject}) {
    EngineRoom room(with_limit(Counted::kMessages, 0, action));
    MessageJudge judge(room.engine);
    const MessageOutcome& outcome = judge.judge(message_to(room, people(3)));
    EXPECT_EQ(outcome.action, action);
    EXPECT_EQ(outcome.recipients_accepted, 0U);
    EXPECT_EQ(outcome.recipients_deferred + outcome.recipients_rejected, 3U);
  }
}

TEST(MessageJudge, TellsTheFateOfEachRecipientInOrder) {
  EngineRoom room(with_limit(Counted::kRecipientsPerMessage, 2, Action::kDefer));
  MessageJudge judge(room.engine);
  EXPECT_THAT(judge.judge(message_to(room, people(3))).fates,
              testing::ElementsAre(Action::kAccept, Action::kAccept, Action::kDefer));
}

TEST(MessageJudge, GivesTheRecipientsTheFateOfTheirMessage) {
  EngineRoom room(with_limit(Counted::kMessages, 0, Action::kHold));
  MessageJudge judge(room.engine);
  EXPECT_THAT(judge.judge(message_to(room, people(2))).fates,
              testing::ElementsAre(Action::kHold, Action::kHold));
}

TEST(MessageJudge, LetsADivertedMessageOut) {
  EngineRoom room(with_limit(Counted::kMessages, 0, Action::kDivert));
  MessageJudge judge(room.engine);
  EXPECT_EQ(judge.judge(message_to(room, people(3))).recipients_accepted, 3U);
}

TEST(MessageJudge, CountsARecipientNamedTwiceOnceInTheHabits) {
  EngineRoom room;
  MessageJudge judge(room.engine);
  const MessageOutcome& outcome =
      judge.judge(message_to(room, {"a@y.example", "a@y.example", "A@Y.example"}));
  EXPECT_EQ(outcome.recipients_accepted, 3U);
  EXPECT_NEAR(room.record().profile.rates.recipients, 1, 0.03 * 1);
}

TEST(MessageJudge, CountsAMessageSeenTwiceOnce) {
  EngineRoom room;
  MessageJudge judge(room.engine);
  judge.judge(message_to(room, people(3)));
  const AccountRecord before = room.record();
  EXPECT_EQ(judge.judge(message_to(room, people(3))).action, Action::kAccept);
  EXPECT_TRUE(room.record() == before);
}

TEST(MessageJudge, TakesTheSameMessageForARetryAndNoOtherOne) {
  EngineRoom room(with_limit(Counted::kMessages, 0, Action::kDefer));
  MessageJudge judge(room.engine);
  const auto counted = [&] { return room.record().owner.messages_hour.count(room.now); };
  judge.judge(message_to(room, people(3), "M1"));
  ASSERT_EQ(counted(), 1U);
  judge.judge(message_to(room, people(3), "M2"));
  EXPECT_EQ(counted(), 1U);
  judge.judge(message_to(room, {"other@y.example"}, "M3"));
  EXPECT_EQ(counted(), 2U);
}

// Notes the strongest finding of each detector over the steps it sees.
struct Strongest final : StepWatcher {
  std::map<DetectorId, float> nats;
  void saw(const Event&, const Observation& observation) override {
    for (const Evidence& evidence : observation.verdict.evidence) {
      const auto [known, is_first] = nats.emplace(detector_of(evidence.reason), evidence.nats);
      known->second = std::max(known->second, evidence.nats);
    }
  }
};

TEST(MessageJudge, KeepsTheStrongestFindingOfEachDetector) {
  EngineRoom room;
  room.live();
  Strongest strongest;
  MessageJudge judge(room.engine, &strongest);
  const MessageOutcome& outcome = judge.judge(message_to(room, people(30), "M1", kThiefsAddress));
  std::map<DetectorId, float> kept;
  for (const Evidence& evidence : outcome.evidence) {
    EXPECT_TRUE(kept.emplace(detector_of(evidence.reason), evidence.nats).second) << "twice";
  }
  EXPECT_GE(kept.size(), 3U);
  EXPECT_EQ(kept, strongest.nats);
}

TEST(MessageJudge, TellsWhatChanged) {
  EngineRoom room;
  room.live();
  MessageJudge judge(room.engine);
  Submission message = message_to(room, people(30), "M1", kThiefsAddress);
  message.session.helo_name = "win-9f3k2";
  const MessageOutcome& outcome = judge.judge(message);
  ASSERT_FALSE(outcome.changes.empty());
  EXPECT_TRUE(is_restriction(outcome.standing.level));
  EXPECT_EQ(outcome.changes.back().after, outcome.standing);
}

TEST(MessageJudge, BeginsEachMessageAnew) {
  EngineRoom room;
  room.live();
  MessageJudge judge(room.engine);
  judge.judge(message_to(room, people(30), "M1", kThiefsAddress));
  const MessageOutcome& outcome = judge.judge(message_to(room, {"friend1@y.example"}, "M2"));
  EXPECT_EQ(outcome.action, Action::kAccept);
  EXPECT_EQ(outcome.recipients_accepted, 1U);
  EXPECT_EQ(outcome.recipients_deferred, 0U);
  EXPECT_TRUE(outcome.changes.empty());
  EXPECT_EQ(outcome.limit, 0);
}

RC_GTEST_PROP(MessageJudge, AccountsForEveryRecipient, ()) {
  const auto action = *rc::gen::element(Action::kDefer, Action::kDivert, Action::kHold, Action::kReject);
  const auto counted =
      *rc::gen::element(Counted::kMessages, Counted::kRecipients, Counted::kRecipientsPerMessage);
  EngineRoom room(with_limit(counted, *rc::gen::inRange(0U, 8U), action));
  MessageJudge judge(room.engine);
  for (int i = 0; i < 4; ++i) {
    const int count = *rc::gen::inRange(1, 12);
    const MessageOutcome& outcome = judge.judge(message_to(room, people(count), fmt::format("M{}", i)));
    RC_ASSERT(outcome.recipients_accepted + outcome.recipients_deferred + outcome.recipients_held +
                  outcome.recipients_rejected ==
              static_cast<std::uint32_t>(count));
    const auto with_fate = [&](Action fate) { return std::ranges::count(outcome.fates, fate); };
    RC_ASSERT(with_fate(Action::kAccept) + with_fate(Action::kDivert) == outcome.recipients_accepted);
    RC_ASSERT(with_fate(Action::kDefer) == outcome.recipients_deferred);
    RC_ASSERT(with_fate(Action::kHold) == outcome.recipients_held);
    RC_ASSERT(with_fate(Action::kReject) == outcome.recipients_rejected);
  }
}

}  // namespace
}  // namespace postreeve
