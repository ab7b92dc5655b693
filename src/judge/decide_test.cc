// How one step is judged and answered; the standing's ups and downs are in standing_story_test.cc.
#include "judge/decide.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "judge/account_testing.h"
#include "judge/weights.h"

namespace postreeve {
namespace {

using namespace std::chrono_literals;

// One of the things that may happen to an account.
void happen(Account& account, int what, std::uint32_t who) {
  const Origin origin = who % 3 == 0   ? thiefs_place()
                        : who % 3 == 1 ? office()
                                       : origin_at(who % 7, who % 5, "DE");
  switch (what) {
    case 0:
      account.login(origin, who % 2 == 0, who % 4);
      break;
    case 1:
      account.send(origin, {who, who + 1});
      break;
    case 2:
      account.answer(account.transaction(), who % 2 == 0);
      break;
    case 3:
      account.scan(account.transaction(), who % 50 == 0 ? ScanResult::kInfected : ScanResult::kSpam);
      break;
    case 4:
      if (who % 20 == 0) account.change_credentials();
      break;
    default:
      if (who % 20 == 0) account.judge_by_person(who % 40 == 0);
  }
  account.now += std::chrono::seconds{who % 20'000};
}

struct Happening {
  int what;
  std::uint32_t who;
};

std::vector<Happening> any_story() {
  std::vector<Happening> story;
  for (int i = *rc::gen::inRange(0, 60); i > 0; --i) {
    story.push_back({*rc::gen::inRange(0, 6), *rc::gen::inRange(0U, 60'000U)});
  }
  return story;
}

void expect_equal(const Verdict& a, const Verdict& b) {
  RC_ASSERT(a.action == b.action);
  RC_ASSERT(a.reply == b.reply);
  RC_ASSERT(a.limit == b.limit);
  RC_ASSERT(a.risk == b.risk);
  RC_ASSERT(a.standing == b.standing);
  RC_ASSERT(a.evidence.size() == b.evidence.size());
  const Evidence* other = b.evidence.begin();
  for (const Evidence& evidence : a.evidence) {
    RC_ASSERT(evidence.reason == other->reason);
    RC_ASSERT(evidence.nats == other->nats);
    RC_ASSERT(evidence.arguments == other->arguments);
    ++other;
  }
}

RC_GTEST_PROP(Decide, GivesEqualRecordsAndVerdictsForEqualStories, ()) {
  Account one;
  Account other;
  for (const Happening& happening : any_story()) {
    happen(one, happening.what, happening.who);
    happen(other, happening.what, happening.who);
    expect_equal(one.decision.verdict, other.decision.verdict);
    RC_ASSERT(one.record == other.record);
  }
}

RC_GTEST_PROP(Decide, MayRunTwiceOnCopiesOfARecord, ()) {
  Account account;
  for (const Happening& happening : any_story()) happen(account, happening.what, happening.who);
  account.begin();
  const Facts facts = account.recipient_facts(thiefs_place(), 3);
  AccountRecord first = account.record;
  AccountRecord second = account.record;
  Decision a;
  Decision b;
  decide(first, facts, account.policy, a);
  decide(second, facts, account.policy, b);
  expect_equal(a.verdict, b.verdict);
  RC_ASSERT(first == second);
}

RC_GTEST_PROP(Decide, DoesNotCareWhatTheDecisionHeldBefore, ()) {
  Account account;
  for (const Happening& happening : any_story()) happen(account, happening.what, happening.who);
  account.begin();
  const Facts facts = account.recipient_facts(office(), 3);
  AccountRecord copy = account.record;
  Decision fresh;
  decide(copy, facts, account.policy, fresh);
  decide(account.record, facts, account.policy, account.decision);
  expect_equal(account.decision.verdict, fresh.verdict);
  RC_ASSERT(account.decision.change.has_value() == fresh.change.has_value());
}

TEST(Decide, AnswersARepeatedStepAsBeforeAndChangesNothing) {
  Account anna;
  anna.live();
  anna.begin();
  const Facts facts = anna.recipient_facts(thiefs_place(), 500);
  const Action action = anna.judge(facts).action;
  const AccountRecord before = anna.record;
  for (int i = 0; i < 3; ++i) {
    EXPECT_EQ(anna.judge(facts).action, action);
    EXPECT_TRUE(anna.decision.repeated);
    EXPECT_TRUE(anna.decision.verdict.evidence.empty());
    EXPECT_TRUE(anna.record == before);
  }
}

TEST(Decide, RepeatsADeferralWithItsReply) {
  Account anna;
  anna.limit = {.action = Action::kDefer, .number = 3};
  anna.begin();
  const Facts facts = anna.recipient_facts(office(), 1);
  anna.judge(facts);
  anna.limit = {};
  anna.judge(facts);
  EXPECT_TRUE(anna.decision.repeated);
  EXPECT_EQ(anna.decision.verdict.action, Action::kDefer);
  EXPECT_EQ(anna.decision.verdict.reply, Reply::kFlood);
}

TEST(Decide, TakesStepsWithoutAKeyForNewOnes) {
  Account anna;
  Facts facts = anna.recipient_facts(office(), 1);
  facts.step_key = 0;
  for (int i = 0; i < 3; ++i) {
    anna.judge(facts);
    EXPECT_FALSE(anna.decision.repeated);
  }
}

TEST(Decide, TakesTheSameMailAfterOurDeferralForNoNovelty) {
  Account anna;
  anna.live();
  anna.limit = {.action = Action::kDefer, .number = 1};
  anna.begin();
  anna.ask(thiefs_place(), 500);
  const float novelty = anna.record.stranger->activity.novelty.s;
  const auto asked = anna.record.stranger->activity.recipients_hour.count(anna.now);
  anna.limit = {};
  anna.now += 15min;
  anna.begin();  // the client comes again, in a new transaction
  anna.ask(thiefs_place(), 500);
  EXPECT_FALSE(anna.decision.repeated);
  EXPECT_EQ(anna.record.stranger->activity.novelty.s, novelty);
  EXPECT_EQ(anna.record.stranger->activity.recipients_hour.count(anna.now), asked);
}

TEST(Decide, SaysNothingOfAFailedLogin) {
  Account anna;
  anna.live();
  const Verdict& verdict = anna.login(thiefs_place(), false);
  EXPECT_EQ(verdict.action, Action::kAccept);
  EXPECT_TRUE(verdict.evidence.empty());
  EXPECT_FALSE(anna.decision.change);
}

TEST(Decide, FindsTheTestOfALoginOnlyInMailToSomebodyNew) {
  Account anna;
  anna.live();
  const auto tiny_note = [&](std::uint32_t to) {
    anna.begin();
    anna.ask(origin_at(2, 10, "PL", 99), to);
    Facts facts = anna.message_facts(origin_at(2, 10, "PL", 99), 1);
    facts.message.size = 600;
    facts.message.recipient_domain = "gmail.com";
    facts.message.helo_name = "localhost";
    facts.message.subject = "ZYaeD, X";
    for (const Evidence& evidence : anna.judge(facts).evidence) {
      if (evidence.reason == Reason::kTestMessage) return true;
    }
    return false;
  };
  EXPECT_TRUE(tiny_note(9'000));
  EXPECT_FALSE(tiny_note(5));  // a friend, on a day on which somebody new was written to
}

TEST(Limits, AnswerWithTheirActionReplyAndNumber) {
  const std::pair<Action, Reply> rows[] = {{Action::kDefer, Reply::kFlood},
                                           {Action::kDivert, Reply::kNone},
                                           {Action::kHold, Reply::kNone},
                                           {Action::kReject, Reply::kPolicy}};
  for (const auto& [action, reply] : rows) {
    Account anna;
    anna.limit = {.action = action, .number = 4};
    anna.begin();
    const Verdict& verdict = anna.submit(office());
    EXPECT_EQ(verdict.action, action) << to_text(action);
    EXPECT_EQ(verdict.reply, reply) << to_text(action);
    EXPECT_EQ(verdict.limit, 4) << to_text(action);
  }
}

TEST(Limits, OfRecipientsAMessageCountWithinTheMessage) {
  Account anna;
  anna.limit = {.most_in_message = 3, .most_action = Action::kDefer, .most_number = 2};
  for (int message = 0; message < 2; ++message) {
    anna.begin();
    for (std::uint32_t to = 1; to <= 3; ++to) EXPECT_EQ(anna.ask(office(), to).action, Action::kAccept);
    EXPECT_EQ(anna.ask(office(), 4).action, Action::kDefer);
    EXPECT_EQ(anna.decision.verdict.reply, Reply::kTooManyRecipients);
    EXPECT_EQ(anna.decision.verdict.limit, 2);
  }
}

TEST(Limits, GiveWayToASeverStanding) {
  Account anna;
  anna.live();
  anna.run();
  anna.limit = {.action = Action::kDefer, .number = 4};
  anna.begin();
  EXPECT_EQ(anna.submit(thiefs_place()).reply, Reply::kAbused);
  EXPECT_EQ(anna.decision.verdict.limit, 0);
  anna.limit.action = Action::kReject;
  anna.begin();
  EXPECT_EQ(anna.submit(thiefs_place()).reply, Reply::kPolicy);
  EXPECT_EQ(anna.decision.verdict.limit, 4);
}

TEST(Reports, AreOfTheStrangersMailWhenHisTransactionIsKnown) {
  Account anna;
  anna.live();
  anna.send(thiefs_place(), {500});
  const std::uint32_t his = anna.transaction();
  anna.answer(his, true);
  EXPECT_EQ(anna.record.stranger->activity.refused_day.count(anna.now), 1U);
  EXPECT_EQ(anna.record.owner.refused_day.count(anna.now), 0U);
  anna.answer(his + 1'000, true);
  EXPECT_EQ(anna.record.owner.refused_day.count(anna.now), 1U);
}

TEST(Reports, OfMalwareSuspendTheSideThatSentIt) {
  Account owner;
  owner.live();
  owner.send(office(), {1});
  owner.scan(owner.transaction(), ScanResult::kInfected);
  EXPECT_EQ(owner.level(), Level::kSuspended);
  EXPECT_EQ(owner.record.standing.scope, Scope::kWholeAccount);

  Account victim;
  victim.live();
  victim.send(thiefs_place(), {500});
  victim.scan(victim.transaction(), ScanResult::kInfected);
  EXPECT_EQ(victim.level(), Level::kSuspended);
  EXPECT_EQ(victim.record.standing.scope, Scope::kUnfamiliarOrigins);
}

TEST(Decide, TellsTheCountryThatTheEventCameFrom) {
  Account anna;
  anna.login(origin_at(1, 1, "DE"));
  EXPECT_EQ(anna.decision.country, CountryCode::of("DE"));
  anna.answer(anna.transaction(), true);
  EXPECT_FALSE(anna.decision.country.known());
}

// A message in the name of `sender`; returns whether it was taken for a forgery.
bool is_forgery(Account& account, const Origin& origin, std::uint32_t sender) {
  account.begin();
  account.ask(origin, 1);
  Facts facts = account.message_facts(origin, 1);
  facts.message.from_is_own = facts.message.sender_is_own = false;
  facts.sender_key = facts.header_from_key = sender;
  const EvidenceList& found = account.judge(facts).evidence;
  return std::ranges::any_of(found, [](const Evidence& evidence) {
    return detector_of(evidence.reason) == DetectorId::kHeaderSpoofing && evidence.nats > 0;
  });
}

// The heaviest finding of one reason in a burst of letters to strangers.
double burst_from(Account& account, const Origin& origin, Reason reason) {
  double most = 0;
  const auto look = [&](const Verdict& verdict) {
    for (const Evidence& evidence : verdict.evidence) {
      if (evidence.reason == reason) most = std::max(most, static_cast<double>(evidence.nats));
    }
  };
  for (std::uint32_t to = 900; to < 960; ++to) {
    account.begin();
    look(account.ask(origin, to));
    look(account.submit(origin));
    account.now += 1s;
  }
  return most;
}

// Somewhere else on every day, with the same computer.
Account traveller() {
  Account account;
  for (std::uint32_t day = 0; day < 40; ++day) {
    account.send(origin_at(1'000 + day, 100 + day, "PL"), {1 + day % 10});
    account.now += 24h;
  }
  return account;
}

TEST(Amounts, WeighThreeQuartersWhereAPlaceOfStrangersIsNotStrange) {
  constexpr double kMostAtUsualPlace = 3;
  for (const Reason reason : {Reason::kMessagesThisHour, Reason::kRecipientsNeverWritten}) {
    Account account = traveller();
    const double whole = kMostAtUsualPlace * static_cast<double>(factor_of(reason, true));
    EXPECT_NEAR(burst_from(account, origin_at(2'000, 200, "PL"), reason), 0.75 * whole, 0.05);
  }
}

TEST(Amounts, WeighWhatTheyDoWhereNothingSpeaksForTheOwner) {
  Account account;
  account.live();
  EXPECT_GE(burst_from(account, thiefs_place(), Reason::kRecipientsNeverWritten), 7.5);
}

TEST(Sender, OfAWholeServerBehindOneLoginIsNobodysForgery) {
  Account server;
  for (int day = 0; day < 10; ++day) {
    for (std::uint32_t sender = 101; sender <= 103; ++sender) is_forgery(server, office(), sender);
    server.now += 24h;
  }
  for (std::uint32_t sender = 104; sender <= 108; ++sender) {
    EXPECT_FALSE(is_forgery(server, office(), sender)) << sender;
    server.now += 24h;
  }
  EXPECT_FALSE(is_forgery(server, thiefs_place(), 199));
}

TEST(Sender, OfAPersonWithTwoNamesIsOneWhenItIsAThird) {
  Account person;
  for (int day = 0; day < 10; ++day) {
    for (std::uint32_t sender = 101; sender <= 102; ++sender) is_forgery(person, office(), sender);
    person.now += 24h;
  }
  EXPECT_FALSE(is_forgery(person, thiefs_place(), 101));
  EXPECT_TRUE(is_forgery(person, thiefs_place(), 199));
}

}  // namespace
}  // namespace postreeve
