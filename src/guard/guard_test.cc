#include "guard/guard.h"

#include <gtest/gtest.h>

#include <stdexcept>

#include "guard/guard_testing.h"

namespace postreeve {
namespace {

const AccountId& anna() {
  static const AccountId account = account_named(kAnna);
  return account;
}

TEST(Guard, StopsATheftWithinAHandfulOfMessages) {
  GuardRoom room;
  room.live();
  EXPECT_LE(room.steal(), 5);
  EXPECT_TRUE(is_restriction(room.guard->standing_of(anna()).level));
}

TEST(Guard, LetsTheOwnerGoOnWhileTheThiefIsRefused) {
  GuardRoom room;
  room.live();
  room.steal();
  EXPECT_EQ(room.send(kOfficeAddress, "contact1@y.example").action, Action::kAccept);
}

TEST(Guard, SaysWhyItRefuses) {
  GuardRoom room;
  room.live();
  room.steal();
  const Answer answer = room.judge(room.recipient_event(kThiefsAddress, "last@z.example", "last"));
  EXPECT_NE(answer.action, Action::kAccept);
  EXPECT_FALSE(answer.reason.empty());
  EXPECT_TRUE(answer.incident.known());
}

TEST(Guard, RefusesNothingInObserveModeAndSaysWhatItWould) {
  GuardRoom room(Mode::kObserve);
  room.live();
  EXPECT_EQ(room.steal(), 40);
  const Answer answer = room.judge(room.recipient_event(kThiefsAddress, "last@z.example", "last"));
  EXPECT_EQ(answer.action, Action::kAccept);
  EXPECT_EQ(answer.reply, Reply::kNone);
  EXPECT_NE(answer.would, Action::kAccept);
  const auto incidents = room.incidents->find({});
  ASSERT_TRUE(incidents);
  ASSERT_FALSE(incidents->empty());
  EXPECT_TRUE(incidents->front().is_observed);
}

TEST(Guard, RecordsWithEachChangeWhatIsToBeDone) {
  GuardRoom room;
  room.respond = [](const StandingEntry& entry, bool) {
    const std::string what = is_restriction(entry.change.after.level) ? "flag" : "unflag";
    return std::vector<OutboxAction>{{.kind = what, .payload = "{}", .not_before = {}}};
  };
  room.live();
  room.steal();
  const IncidentId incident = room.guard->standing_of(anna()).incident;
  const Outbox outbox(*room.database);
  const auto rows = *outbox.of_incident(incident);
  ASSERT_FALSE(rows.empty());
  EXPECT_EQ(rows[0].action.kind, "flag");
  EXPECT_EQ(rows[0].account, anna());
  room.guard->wait_for_the_ledger();
  EXPECT_EQ(static_cast<std::size_t>(room.actions_recorded), rows.size());
  // A person's order, and what time brings about.
  ASSERT_TRUE(room.guard->order(anna(), Level::kHeld, "tess", "phone"));
  EXPECT_EQ(outbox.of_incident(incident)->back().action.kind, "flag");
  room.now += std::chrono::days{3};
  room.guard->tend();
  room.guard->wait_for_the_ledger();
  EXPECT_EQ(outbox.of_incident(incident)->back().action.kind, "unflag");
}

TEST(Guard, ActsOnWhatItOnlyObservedOnceTheModeIsEnforce) {
  GuardRoom room(Mode::kObserve);
  room.respond = [](const StandingEntry& entry, bool was_observed) {
    if (entry.is_observed || !was_observed) return std::vector<OutboxAction>{};
    return std::vector<OutboxAction>{{.kind = "flag", .payload = "{}", .not_before = {}}};
  };
  room.live();
  room.steal();
  const Standing standing = room.guard->standing_of(anna());
  const Outbox outbox(*room.database);
  room.guard->tend();
  room.guard->wait_for_the_ledger();
  EXPECT_TRUE(outbox.of_incident(standing.incident)->empty());
  room.guard->set_mode(Mode::kEnforce);
  for (int i = 0; i < 3; ++i) {
    room.guard->tend();
    room.guard->wait_for_the_ledger();
  }
  EXPECT_EQ(outbox.of_incident(standing.incident)->size(), 1U);
  EXPECT_EQ(room.guard->standing_of(anna()), standing);
  EXPECT_FALSE(room.incidents->get(standing.incident)->is_observed);
}

TEST(Guard, KnowsThatAnOrderInObserveModeRestrictsNothing) {
  GuardRoom room(Mode::kObserve);
  ASSERT_TRUE(room.guard->order(anna(), Level::kSuspended, "postmaster", ""));
  EXPECT_TRUE((*room.incidents->standing_of(anna()))->is_observed);
}

struct ActionWatcher final : DecisionWatcher {
  void saw(const Decided& decided) override { actions.push_back(decided.action); }
  std::vector<Action> actions;
};

TEST(Guard, SaysOfWhatItIsToldThatItWasAccepted) {
  ActionWatcher watcher;
  GuardRoom room;
  room.guard->add_watcher(watcher);
  ASSERT_TRUE(room.guard->order(anna(), Level::kSuspended, "postmaster", ""));
  EXPECT_TRUE(room.guard->note(room.recipient_event(kThiefsAddress, "b@y.example", "t"), Door::kLog));
  EXPECT_EQ(watcher.actions, std::vector<Action>{Action::kAccept});
}

TEST(Guard, HasTheIncidentOnTheDiskBeforeItAnswers) {
  GuardRoom room;
  room.live();
  for (int i = 0; i < 40; ++i) {
    room.now += std::chrono::seconds{2};
    const Answer answer = room.send(kThiefsAddress, "victim" + std::to_string(i) + "@z.example");
    if (!is_restriction(answer.level)) continue;
    const auto stored = room.incidents->get(answer.incident);
    ASSERT_TRUE(stored) << stored.error().detail;
    EXPECT_EQ(stored->account, anna());
    EXPECT_FALSE(stored->first_evidence.empty());
    return;
  }
  FAIL() << "nothing was restricted";
}

TEST(Guard, BringsStandingsBackThatTheRecordsForgot) {
  GuardRoom room;
  ASSERT_TRUE(room.guard->order(anna(), Level::kSuspended, "postmaster", "reported by phone"));
  room.start();
  EXPECT_EQ(room.guard->standing_of(anna()).level, Level::kSuspended);
  EXPECT_NE(room.send(kOfficeAddress, "b@y.example").action, Action::kAccept);
}

// As another node has just set it.
AccountRecord suspended_at(Timestamp time) {
  AccountRecord record;
  record.standing = {.since = to_seconds32(time),
                     .until = 0,
                     .incident = {0xabcd},
                     .level = Level::kSuspended,
                     .scope = Scope::kWholeAccount};
  return record;
}

TEST(Guard, TellsTheLedgerOfAStandingThatOnlyARecordKnowsUnlessItIsNew) {
  for (const Mode mode : {Mode::kEnforce, Mode::kObserve}) {
    GuardRoom room(mode);
    const AccountRecord record = suspended_at(room.now);
    room.start(room.guard->key_of(anna()), &record);
    room.send(kOfficeAddress, "somebody@y.example");
    room.guard->wait_for_the_ledger();
    EXPECT_FALSE(room.incidents->get({0xabcd}));  // whoever set it is about to tell why
    room.now += std::chrono::seconds{11};
    room.send(kOfficeAddress, "somebody@y.example");
    room.guard->wait_for_the_ledger();
    const auto incident = room.incidents->get({0xabcd});
    ASSERT_TRUE(incident);
    EXPECT_EQ(incident->level, Level::kSuspended);
    EXPECT_EQ(incident->is_observed, mode == Mode::kObserve);
    EXPECT_EQ((*room.incidents->standing_of(anna()))->standing, record.standing);
  }
}

TEST(Guard, AsksALedgerThatDidNotTakeAStandingAgainAfterSomeSecondsOnly) {
  GuardRoom room;
  int tries = 0;
  const auto full = LedgerDatabase::open({.path = room.directory.file("full.db"), .most_waiting = 0});
  ASSERT_TRUE(full);
  IncidentBook incidents(**full);
  Guard guard({.accounts = *room.accounts,
               .counters = *room.counters,
               .incidents = incidents,
               .key = HashKey{{'k'}},
               .clock = [&room] { return room.now; },
               .respond =
                   [&tries](const StandingEntry&, bool) {
                     ++tries;
                     return std::vector<OutboxAction>{};
                   }},
              room.rules(), Mode::kEnforce);
  room.set_record(guard.key_of(anna()), suspended_at(room.now));
  const auto ask = [&] {
    guard.judge(room.login_event(kOfficeAddress), Door::kAuthPolicy, [](const Answer&) {});
  };
  room.now += std::chrono::seconds{11};
  for (int i = 0; i < 3; ++i) ask();
  EXPECT_EQ(tries, 1);
  room.now += std::chrono::seconds{6};
  ask();
  EXPECT_EQ(tries, 2);
}

// As after a crash a second later: the record is as it was before the release.
TEST(Guard, BringsBackThatARestrictionWasLifted) {
  for (const int releases : {1, 2}) {
    GuardRoom room;
    room.live();
    room.steal();
    const auto old = room.accounts->find(room.guard->key_of(anna()));
    ASSERT_TRUE(old && is_restriction(old->standing.level));
    room.now += std::chrono::minutes{1};
    for (int i = 0; i < releases; ++i) {
      ASSERT_TRUE(room.guard->order(anna(), Level::kClear, "postmaster", "new password"));
      room.now += std::chrono::seconds{1};
    }
    const Level released = room.guard->standing_of(anna()).level;
    room.start(room.guard->key_of(anna()), &*old);
    EXPECT_EQ(room.guard->standing_of(anna()).level, released);
    EXPECT_EQ(room.send(kOfficeAddress, "contact1@y.example").action, Action::kAccept);
  }
}

// His end moves in the record with every message that he tries to send.
TEST(Guard, EndsInTheLedgerWhenItEndsInTheRecord) {
  GuardRoom room;
  room.respond = [](const StandingEntry& entry, bool) {
    std::vector<OutboxAction> actions;
    if (!is_restriction(entry.change.after.level))
      actions.push_back({.kind = "unflag", .payload = "{}", .not_before = {}});
    return actions;
  };
  ASSERT_TRUE(room.guard->order(anna(), Level::kSlowed, "postmaster", ""));
  auto record = *room.accounts->find(room.guard->key_of(anna()));
  const Timestamp first_end = from_seconds32(record.standing.until);
  record.standing.until += 3'600;
  room.set_record(room.guard->key_of(anna()), record);
  const auto tend_at = [&](Timestamp time) {
    room.now = time;
    room.guard->tend();
    room.guard->wait_for_the_ledger();
    return (*room.incidents->standing_of(anna()))->standing;
  };
  EXPECT_EQ(tend_at(first_end - std::chrono::seconds{3}), record.standing);
  EXPECT_EQ(tend_at(first_end + std::chrono::minutes{1}), record.standing);
  const Outbox outbox(*room.database);
  EXPECT_TRUE(outbox.of_incident(record.standing.incident)->empty());
  EXPECT_EQ(tend_at(first_end + std::chrono::hours{1}).level, Level::kClear);
  EXPECT_EQ(outbox.of_incident(record.standing.incident)->size(), 1U);
}

TEST(Guard, TellsTheLedgerHowFarAnIncidentHasComeThatItKnows) {
  GuardRoom room;
  ASSERT_TRUE(room.guard->order(anna(), Level::kHeld, "postmaster", ""));
  AccountRecord record = *room.accounts->find(room.guard->key_of(anna()));
  record.standing.level = Level::kSuspended;
  record.standing.until = 0;
  record.standing.since += 1;
  room.set_record(room.guard->key_of(anna()), record);
  room.now += std::chrono::seconds{12};
  room.send(kOfficeAddress, "somebody@y.example");
  room.guard->wait_for_the_ledger();
  room.guard->tend();
  room.guard->wait_for_the_ledger();
  EXPECT_EQ((*room.incidents->standing_of(anna()))->standing, record.standing);
  EXPECT_EQ(room.incidents->get(record.standing.incident)->level, Level::kSuspended);
}

TEST(Guard, EndsInTheLedgerWhatTimeEnds) {
  GuardRoom room;
  ASSERT_TRUE(room.guard->order(anna(), Level::kHeld, "postmaster", ""));
  room.now += std::chrono::hours{25};
  room.guard->tend();
  ASSERT_TRUE(AccountPolicyBook(*room.database).put(policy_of(anna())));  // waits for what is before it
  const auto standings = room.incidents->standings();
  ASSERT_TRUE(standings);
  EXPECT_TRUE(standings->empty());
}

TEST(Guard, CountsAStepOnceThatTwoGatesSee) {
  GuardRoom room;
  room.live();
  const auto asked = room.recipient_event(kOfficeAddress, "new@y.example", "instance");
  const auto before = room.accounts->find(room.guard->key_of(anna()));
  room.judge(asked, Door::kPostfixPolicy);
  const auto once = room.accounts->find(room.guard->key_of(anna()));
  auto seen_by_the_milter = asked;
  seen_by_the_milter.transaction = "of the milter";
  EXPECT_EQ(room.judge(seen_by_the_milter, Door::kMilter).action, Action::kAccept);
  EXPECT_NE(*before, *once);
  EXPECT_EQ(*room.accounts->find(room.guard->key_of(anna())), *once);
}

TEST(Guard, DoesNotCountAMessageOfTheLogThatAGateSaw) {
  GuardRoom room;
  room.live();
  room.send(kOfficeAddress, "contact1@y.example");
  const auto once = room.accounts->find(room.guard->key_of(anna()));
  Submission logged = room.submission_event(kOfficeAddress, "Q85");
  logged.recipients = {"contact1@y.example"};
  EXPECT_TRUE(room.guard->note(logged, Door::kLog));
  EXPECT_EQ(*room.accounts->find(room.guard->key_of(anna())), *once);
}

TEST(Guard, CountsALoginOnceThatTheLogToldBeforeTheGate) {
  for (const bool success : {true, false}) {
    GuardRoom room;
    room.live();
    const auto record = [&room] { return *room.accounts->find(room.guard->key_of(anna())); };
    EXPECT_TRUE(room.guard->note(room.login_event(kThiefsAddress, success), Door::kLog));
    const auto once = record();
    room.judge(room.login_event(kThiefsAddress, success), Door::kAuthPolicy);
    EXPECT_EQ(record(), once);
    room.judge(room.login_event(kThiefsAddress, success), Door::kAuthPolicy);
    EXPECT_NE(record(), once);
  }
}

TEST(Guard, CountsALoginOfTheLogThatIsOverForLongAsAnother) {
  GuardRoom room;
  room.live();
  Login logged = room.login_event(kThiefsAddress, false);
  logged.time -= std::chrono::hours{1};
  EXPECT_TRUE(room.guard->note(logged, Door::kLog));
  const auto once = room.accounts->find(room.guard->key_of(anna()));
  room.judge(room.login_event(kThiefsAddress, false), Door::kAuthPolicy);
  EXPECT_NE(*room.accounts->find(room.guard->key_of(anna())), *once);
}

// Their queue IDs are not the same: a webmail does not know the mail server's.
TEST(Guard, CountsRecipientsOnceThatAProgramAndTheLogTellOf) {
  for (const auto& [first, second] :
       {std::pair(Door::kEventApi, Door::kLog), std::pair(Door::kLog, Door::kEventApi)}) {
    ActionWatcher watcher;
    GuardRoom room;
    room.guard->add_watcher(watcher);
    Submission told = room.submission_event(kOfficeAddress, "4f3a");
    told.recipients = {"new1@y.example", "new2@y.example"};
    EXPECT_TRUE(room.guard->note(told, first));
    EXPECT_EQ(watcher.actions.size(), 3U);
    told.queue_id = "4Q1";
    EXPECT_TRUE(room.guard->note(told, second));
    EXPECT_EQ(watcher.actions.size(), 4U);
  }
}

TEST(Guard, AnswersAGateAsWhatAProgramToldOfWouldHaveBeenAnswered) {
  GuardRoom room;
  ASSERT_TRUE(room.guard->order(anna(), Level::kSuspended, "postmaster", ""));
  const auto asked = room.recipient_event(kThiefsAddress, "b@y.example", "t");
  EXPECT_TRUE(room.guard->note(asked, Door::kEventApi));
  const Answer answer = room.judge(asked);
  EXPECT_EQ(answer.action, Action::kDefer);
  EXPECT_EQ(answer.reply, Reply::kAbused);
}

TEST(Guard, JudgesWhatAGateIsAskedThoughTheLogToldOfTheLikeBefore) {
  GuardRoom room;
  const auto asked = room.recipient_event(kThiefsAddress, "b@y.example", "t");
  EXPECT_TRUE(room.guard->note(asked, Door::kLog));
  ASSERT_TRUE(room.guard->order(anna(), Level::kSuspended, "postmaster", ""));
  EXPECT_EQ(room.judge(room.recipient_event(kThiefsAddress, "b@y.example", "u")).action, Action::kDefer);
}

TEST(Guard, JudgesAMessageThatOnlyTheLogSaw) {
  GuardRoom room;
  room.live();
  int before = 0;
  for (int i = 0; i < 30; ++i) {
    room.now += std::chrono::seconds{2};
    Submission logged = room.submission_event(kThiefsAddress, "L" + std::to_string(i));
    logged.session.helo_name = "ylmf-pc";
    for (int to = 0; to < 5; ++to) logged.recipients.push_back(std::to_string(100 * i + to) + "@z.example");
    EXPECT_TRUE(room.guard->note(logged, Door::kLog));
    if (!is_restriction(room.guard->standing_of(anna()).level)) ++before;
  }
  EXPECT_LE(before, 10);
}

TEST(Guard, AcceptsWhatHasNoAccount) {
  GuardRoom room;
  Recipient asked = room.recipient_event(kThiefsAddress, "b@y.example", "t");
  asked.account = {};
  EXPECT_EQ(room.judge(asked).action, Action::kAccept);
}

TEST(Guard, ObeysPeoplesRulesBeforeAnythingElse) {
  GuardRoom room;
  room.guard->set_rules(room.rules({entry_of(ListName::kBlock, "203.0.113.0/24")}));
  EXPECT_EQ(room.judge(room.recipient_event(kThiefsAddress, "b@y.example", "t")).action, Action::kReject);
  EXPECT_EQ(room.judge(room.recipient_event(kOfficeAddress, "b@y.example", "u")).action, Action::kAccept);
}

// At the trade fair: within two hours, from a network and a computer that are not hers.
void write_to_everybody(GuardRoom& room, std::string_view address) {
  room.judge(room.login_event(address), Door::kAuthPolicy);
  for (int i = 0; i < 60; ++i) {
    room.now += std::chrono::minutes{2};
    room.send(address, "visitor" + std::to_string(i) + "@fair" + std::to_string(i) + ".example");
  }
}

TEST(Guard, ABusyDayAtATrustedPlaceChangesNoStanding) {
  for (const bool is_trusted : {false, true}) {
    GuardRoom room;
    room.live();
    std::vector<AccountPolicy> policies{policy_of(anna())};
    if (is_trusted) policies.front().trusted_networks = {*Prefix::parse("198.51.100.0/24")};
    room.guard->set_rules(room.rules({}, std::move(policies)));
    write_to_everybody(room, "198.51.100.9");
    EXPECT_EQ(is_restriction(room.guard->standing_of(anna()).level), !is_trusted);
  }
}

TEST(Guard, ABusyDayOfAnAllowedAccountChangesNoStanding) {
  GuardRoom room;
  room.live();
  room.guard->set_rules(room.rules({entry_of(ListName::kAllow, kAnna)}));
  write_to_everybody(room, "198.51.100.9");
  EXPECT_FALSE(is_restriction(room.guard->standing_of(anna()).level));
}

TEST(Guard, WhatATrustedPlaceDoesOpensNothingForAnother) {
  GuardRoom room;
  room.live();
  AccountPolicy fair = policy_of(anna());
  fair.trusted_networks = {*Prefix::parse("198.51.100.0/24")};
  room.guard->set_rules(room.rules({}, {fair}));
  write_to_everybody(room, "198.51.100.9");
  EXPECT_LE(room.steal(), 10);
  EXPECT_TRUE(is_restriction(room.guard->standing_of(anna()).level));
}

TEST(Guard, SuspendsHoldsAndReleasesByOrder) {
  GuardRoom room;
  room.live();
  ASSERT_TRUE(room.guard->order(anna(), Level::kSuspended, "postmaster", "stolen"));
  EXPECT_NE(room.send(kOfficeAddress, "contact1@y.example").action, Action::kAccept);
  ASSERT_TRUE(room.guard->order(anna(), Level::kClear, "postmaster", "new password"));
  EXPECT_EQ(room.guard->standing_of(anna()).level, Level::kRecovering);
  EXPECT_EQ(room.send(kOfficeAddress, "contact2@y.example").action, Action::kAccept);
  ASSERT_TRUE(room.guard->order(anna(), Level::kHeld, "postmaster", ""));
  EXPECT_EQ(room.send(kOfficeAddress, "contact3@y.example").action, Action::kHold);
}

// A store that fails on every step.
class BrokenStore final : public AccountStore {
 public:
  void update(const Hash128&, RecordStep&) override { throw std::bad_alloc(); }
  std::optional<AccountRecord> find(const Hash128&) const override { return std::nullopt; }
  std::uint64_t size() const override { return 0; }
  std::uint64_t active() const override { return 0; }
};

Action answer_of_a_broken_guard(bool fails_closed) {
  GuardRoom room;
  BrokenStore broken;
  Guard guard({.accounts = broken,
               .counters = *room.counters,
               .incidents = *room.incidents,
               .key = {},
               .clock = [&room] { return room.now; },
               .fails_closed = fails_closed},
              room.rules(), Mode::kEnforce);
  Action action{};
  guard.judge(room.recipient_event(kOfficeAddress, "b@y.example", "t"), Door::kPostfixPolicy,
              [&action](const Answer& answer) { action = answer.action; });
  return action;
}

TEST(Guard, FailsOpenOrClosedAsItWasTold) {
  EXPECT_EQ(answer_of_a_broken_guard(false), Action::kAccept);
  EXPECT_EQ(answer_of_a_broken_guard(true), Action::kDefer);
}

// Who reads logs goes on with the next line, and a batch of events says which was not taken.
TEST(Guard, SaysThatWhatItWasToldCouldNotBeJudged) {
  GuardRoom room;
  BrokenStore broken;
  std::vector<std::string> failures;
  Guard guard({.accounts = broken,
               .counters = *room.counters,
               .incidents = *room.incidents,
               .key = {},
               .clock = [&room] { return room.now; },
               .failed = [&](const std::string& what) { failures.push_back(what); }},
              room.rules(), Mode::kEnforce);
  const Result<void> noted = guard.note(room.login_event(kOfficeAddress), Door::kLog);
  ASSERT_FALSE(noted);
  EXPECT_EQ(noted.error().code, ErrorCode::kUnavailable);
  EXPECT_EQ(failures.size(), 1U);
}

// Judging inline, and on threads of its own.
class GuardAmongFailures : public ::testing::TestWithParam<bool> {
 protected:
  void SetUp() override {
    if (GetParam()) room.threads = std::make_unique<JudgingThreads>(2, 100);
    room.start();
    room.live();
  }
  void expect_a_theft_is_recorded() {
    EXPECT_LE(room.steal(), 5);
    room.guard->wait_for_the_ledger();
    const IncidentId incident = room.guard->standing_of(anna()).incident;
    ASSERT_TRUE(room.incidents->get(incident));
    EXPECT_FALSE(room.incidents->get(incident)->first_evidence.empty());
    EXPECT_GT(room.failures, 0);
  }

  GuardRoom room;
};

struct ThrowingWatcher final : DecisionWatcher {
  void saw(const Decided&) override { throw std::runtime_error("a bug"); }
};

TEST_P(GuardAmongFailures, RecordsWhatItDecidedWhenAWatcherThrows) {
  ThrowingWatcher watcher;
  room.guard->add_watcher(watcher);
  expect_a_theft_is_recorded();
}

TEST_P(GuardAmongFailures, RecordsWhatItDecidedWhenNobodyCanSayWhatIsToBeDone) {
  room.respond = [](const StandingEntry&, bool) -> std::vector<OutboxAction> {
    throw std::runtime_error("a bug");
  };
  expect_a_theft_is_recorded();
}

TEST_P(GuardAmongFailures, AnswersAStepThatAnotherGateSawThoughWhoeverIsToldThrows) {
  room.seen_again = [](const Event&) { throw std::runtime_error("a bug"); };
  const auto asked = room.recipient_event(kOfficeAddress, "new@y.example", "instance");
  room.judge(asked, Door::kPostfixPolicy);
  EXPECT_EQ(room.judge(asked, Door::kMilter).action, Action::kAccept);
  EXPECT_EQ(room.failures, 1);
}

INSTANTIATE_TEST_SUITE_P(Inline, GuardAmongFailures, ::testing::Values(false));
INSTANTIATE_TEST_SUITE_P(OnThreads, GuardAmongFailures, ::testing::Values(true));

TEST(Guard, LearnsFromADismissal) {
  GuardRoom room;
  room.live();
  room.steal();
  IncidentJudgement mail_merge;
  mail_merge.incident = room.guard->standing_of(anna()).incident;
  mail_merge.outcome = Outcome::kDismissed;
  mail_merge.text = "dismissed: a mail merge";
  ASSERT_TRUE(room.guard->settle(anna(), mail_merge, "postmaster", "a mail merge"));
  EXPECT_EQ(room.guard->standing_of(anna()).level, Level::kClear);
}

}  // namespace
}  // namespace postreeve
