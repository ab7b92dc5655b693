#include "guard/guard.h"

#include <gtest/gtest.h>

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
  room.respond = [](const StandingEntry& entry) {
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

struct ActionWatcher final : DecisionWatcher {
  void saw(const Decided& decided) override { actions.push_back(decided.action); }
  std::vector<Action> actions;
};

TEST(Guard, SaysOfWhatItIsToldThatItWasAccepted) {
  ActionWatcher watcher;
  GuardRoom room;
  room.guard->add_watcher(watcher);
  ASSERT_TRUE(room.guard->order(anna(), Level::kSuspended, "postmaster", ""));
  room.guard->note(room.recipient_event(kThiefsAddress, "b@y.example", "t"), Door::kLog);
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
  room.guard->note(logged, Door::kLog);
  EXPECT_EQ(*room.accounts->find(room.guard->key_of(anna())), *once);
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
    room.guard->note(logged, Door::kLog);
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

TEST(Guard, LearnsFromADismissal) {
  GuardRoom room;
  room.live();
  room.steal();
  ASSERT_TRUE(room.guard->settle(anna(), false, "postmaster", "a mail merge"));
  EXPECT_EQ(room.guard->standing_of(anna()).level, Level::kClear);
}

}  // namespace
}  // namespace postreeve
