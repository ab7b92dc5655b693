// How an account's standing rises, what it touches, and how it ends.
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "judge/account_testing.h"

namespace postreeve {
namespace {

using namespace std::chrono_literals;

TEST(Standing, OfAnOfficeWorkerNeverChanges) {
  Account anna;
  anna.live(60);
  EXPECT_TRUE(anna.changes.empty());
  EXPECT_EQ(anna.record.stranger, nullptr);
}

TEST(Standing, RisesWithinTheFirstMessagesOfARun) {
  Account anna;
  anna.live();
  EXPECT_LE(anna.run(), 10U);
  EXPECT_EQ(anna.level(), Level::kSuspended);
  EXPECT_EQ(anna.record.standing.scope, Scope::kUnfamiliarOrigins);
  EXPECT_EQ(anna.record.standing.until, 0U);
}

TEST(AYoungAccount, LearnsItsFirstIssueToThousands) {
  Account letter;
  letter.send(office(), {1});
  letter.now += 26h;
  for (std::uint32_t i = 0; i < 300; ++i) {
    letter.send(office(), {1'000 + i});
    letter.now += 2s;
  }
  EXPECT_FALSE(is_restriction(letter.level()));
  EXPECT_TRUE(letter.record.profile.known_recipients.contains(1'299));
  EXPECT_GE(letter.record.profile.rates.messages, 300.0F);
}

TEST(Standing, NeverFallsDuringARun) {
  Account anna;
  anna.live();
  anna.run(20);
  for (const StandingChange& change : anna.changes) EXPECT_GE(change.after.level, change.before.level);
}

TEST(Standing, OpensOneIncidentARun) {
  Account anna;
  anna.live();
  anna.run(20);
  int opened = 0;
  for (const StandingChange& change : anna.changes) opened += change.opens_incident ? 1 : 0;
  EXPECT_EQ(opened, 1);
  EXPECT_TRUE(anna.record.standing.incident.known());
}

TEST(Standing, GoesOnWithItsIncidentWithinAWeek) {
  Account anna;
  anna.live();
  put(anna, Level::kSlowed);
  anna.now += 24h;  // it has ended
  anna.run(20);
  EXPECT_EQ(anna.record.standing.incident.value, 77U);

  Account bob;
  bob.live();
  put(bob, Level::kSlowed);
  bob.now += 24h * 8;
  bob.run(20);
  EXPECT_NE(bob.record.standing.incident.value, 77U);
}

TEST(Slowed, ASecondTimeWithinAWeekIsHeld) {
  Account anna;
  anna.live();
  always(anna, Level::kSlowed);
  anna.send(thiefs_place(), {500});
  EXPECT_EQ(anna.level(), Level::kSlowed);
  anna.now += 24h;
  anna.send(thiefs_place(), {501});
  EXPECT_EQ(anna.level(), Level::kHeld);

  Account bob;
  bob.live();
  always(bob, Level::kSlowed);
  bob.send(thiefs_place(), {500});
  bob.now += 24h * 8;
  bob.send(thiefs_place(), {501});
  EXPECT_EQ(bob.level(), Level::kSlowed);
}

TEST(Slowed, ForItsWholeTimeAndStillWritingToStrangersIsHeld) {
  Account anna;
  anna.live();
  always(anna, Level::kSlowed);
  for (std::uint32_t i = 0; i < 3; ++i) {
    anna.send(thiefs_place(), {500 + i});
    EXPECT_EQ(anna.level(), Level::kSlowed);
    anna.now += 40min;
  }
  anna.send(thiefs_place(), {1});  // somebody the owner knows
  EXPECT_EQ(anna.level(), Level::kSlowed);
  anna.send(thiefs_place(), {600});
  EXPECT_EQ(anna.level(), Level::kHeld);
}

TEST(Slowed, GoesOnWhileTheBudgetIsNotEnough) {
  Account anna;
  anna.live();
  put(anna, Level::kSlowed);
  always(anna, Level::kWatched);
  const std::uint32_t until = anna.record.standing.until;
  anna.now += 1h;
  anna.send(thiefs_place(), {500});
  EXPECT_EQ(anna.record.standing.until, until);
  anna.send(thiefs_place(), {501});
  EXPECT_EQ(anna.record.standing.until, to_seconds32(anna.now + 2h));
  anna.now += 1h;
  anna.send(thiefs_place(), {501});  // the client tries again
  EXPECT_EQ(anna.record.standing.until, to_seconds32(anna.now + 1h));
}

TEST(Standing, TellsWhatGotOutBefore) {
  Account anna;
  anna.live();
  const std::uint32_t out = anna.run(20);
  ASSERT_FALSE(anna.changes.empty());
  EXPECT_LE(anna.changes.back().outgo.recipients, out);
  EXPECT_EQ(anna.record.stranger->outgo.recipients, out);
}

TEST(Standing, DoesNotCountTheOwnersMailAsWhatGotOut) {
  Account anna;
  anna.live();
  const std::uint32_t out = anna.run(20);
  for (int i = 0; i < 10; ++i) EXPECT_EQ(anna.send(office(), {1, 2}), 2U);
  EXPECT_EQ(anna.record.stranger->outgo.recipients, out);

  Account recovered;
  recovered.live();
  recovered.run(20);
  recovered.change_credentials();
  for (int i = 0; i < 10; ++i) recovered.send(office(), {1, 2});
  EXPECT_EQ(recovered.record.stranger, nullptr);
}

TEST(Watched, BecauseOfStrangersDoesNotEndWithTheOwnersOrdinaryDay) {
  Account anna;
  anna.live();
  anna.send(thiefs_place(), {10'001});  // somebody unfamiliar is about
  anna.record.standing.level = Level::kWatched;
  anna.record.standing.scope = Scope::kUnfamiliarOrigins;
  anna.answer(1, false);
  EXPECT_EQ(anna.level(), Level::kWatched);
}

TEST(Recovering, IsNotCutShortByTheFuse) {
  Account anna;
  anna.live();
  put(anna, Level::kRecovering);
  anna.fuse_is_out = true;
  anna.run(5);
  EXPECT_EQ(anna.level(), Level::kRecovering);
}

TEST(Confirmed, WithoutARestrictionBeforeClosesTheWholeAccount) {
  Account anna;
  anna.live();
  anna.judge_by_person(true);
  EXPECT_EQ(anna.level(), Level::kSuspended);
  EXPECT_EQ(anna.record.standing.scope, Scope::kWholeAccount);
}

TEST(Clear, AndWatchedTouchNoMail) {
  for (const Level level : {Level::kClear, Level::kWatched, Level::kRecovering}) {
    Account anna;
    anna.live();
    put(anna, level, Scope::kWholeAccount);
    EXPECT_EQ(anna.send(office(), {1, 900}), 2U) << to_text(level);
  }
}

TEST(Slowed, DefersAllButASmallBudget) {
  Account anna;
  anna.live();
  put(anna, Level::kSlowed);
  anna.policy.ladder.held = anna.policy.ladder.suspended = 1'000;  // only slowed is looked at
  const Origin laptop = origin_at(2, 10, "PL", 99);
  EXPECT_EQ(anna.send(laptop, {900, 901, 902}), 1U);           // one unknown an hour
  EXPECT_EQ(anna.send(laptop, {1, 2, 3, 4, 5, 6, 7, 8}), 5U);  // five known ones
  anna.begin();
  EXPECT_EQ(anna.ask(laptop, 903).action, Action::kDefer);
  EXPECT_EQ(anna.decision.verdict.reply, Reply::kSlowed);
  anna.now += 70min;
  EXPECT_EQ(anna.send(laptop, {904, 905}), 1U);
}

TEST(Held, HoldsMessagesNotRecipients) {
  Account anna;
  anna.live();
  put(anna, Level::kHeld);
  anna.begin();
  EXPECT_EQ(anna.ask(thiefs_place(), 900).action, Action::kAccept);
  EXPECT_EQ(anna.submit(thiefs_place()).action, Action::kHold);
  EXPECT_EQ(anna.send(office(), {1, 900}), 2U);
}

TEST(Suspended, DefersOrRejectsAsConfigured) {
  Account anna;
  anna.live();
  put(anna, Level::kSuspended);
  anna.begin();
  EXPECT_EQ(anna.ask(thiefs_place(), 900).action, Action::kDefer);
  EXPECT_EQ(anna.decision.verdict.reply, Reply::kAbused);
  anna.policy.suspended_rejects = true;
  anna.begin();
  EXPECT_EQ(anna.ask(thiefs_place(), 900).action, Action::kReject);
  EXPECT_EQ(anna.decision.verdict.reply, Reply::kDisabled);
  EXPECT_EQ(anna.send(office(), {1}), 1U);
}

TEST(Suspended, LeavesLoginsAlone) {
  Account anna;
  anna.live();
  put(anna, Level::kSuspended, Scope::kWholeAccount);
  EXPECT_EQ(anna.login(thiefs_place()).action, Action::kAccept);
}

TEST(Slowed, EndsByItselfAfterTwoQuietHours) {
  Account anna;
  anna.live();
  put(anna, Level::kSlowed);
  anna.now += 2h;
  anna.send(office(), {1});
  EXPECT_EQ(anna.level(), Level::kClear);
}

TEST(Suspended, NeverEndsByItself) {
  Account anna;
  anna.live();
  put(anna, Level::kSuspended);
  anna.now += 24h * 365;
  anna.send(office(), {1});
  EXPECT_EQ(anna.level(), Level::kSuspended);
}

TEST(Watched, DoesNotFlickerWhileTheStrangerIsStillSuspicious) {
  Account anna;
  anna.live();
  anna.login(thiefs_place());
  const Origin webmail;  // says nothing of a place
  const std::size_t before = anna.changes.size();
  for (int i = 0; i < 5; ++i) {
    anna.send(thiefs_place(), {1});
    anna.send(webmail, {1});
  }
  EXPECT_LE(anna.changes.size(), before + 2);
}

TEST(CredentialChange, EndsAContainmentWithProbation) {
  Account anna;
  anna.live();
  anna.run();
  anna.change_credentials();
  EXPECT_EQ(anna.level(), Level::kRecovering);
  EXPECT_EQ(anna.changes.back().before.level, Level::kSuspended);
  EXPECT_EQ(anna.record.stranger, nullptr);
  EXPECT_EQ(anna.send(office(), {1, 900}), 2U);
  anna.now += 24h * 30;
  anna.send(office(), {1});
  EXPECT_EQ(anna.level(), Level::kClear);
}

TEST(CredentialChange, OfAClearAccountChangesNothing) {
  Account anna;
  anna.live();
  const AccountRecord before = anna.record;
  anna.change_credentials();
  EXPECT_FALSE(anna.decision.change);
  EXPECT_TRUE(anna.record == before);
}

TEST(CredentialChange, FromBeforeTheContainmentDoesNotEndIt) {
  Account anna;
  anna.live();
  anna.run();
  ASSERT_EQ(anna.level(), Level::kSuspended);
  const AccountRecord before = anna.record;
  anna.now = from_seconds32(before.standing.since) - 1ms;  // told late
  anna.change_credentials();
  EXPECT_FALSE(anna.decision.change);
  EXPECT_EQ(anna.decision.verdict.standing.level, Level::kSuspended);
  EXPECT_TRUE(anna.record == before) << "the stranger and the guesses too";
  anna.now += 1ms;  // records know seconds only
  anna.change_credentials();
  EXPECT_EQ(anna.level(), Level::kRecovering);
}

TEST(CredentialChange, ForgetsTheGuesses) {
  Account anna;
  for (int i = 0; i < 20; ++i) anna.login(thiefs_place(), false);
  anna.change_credentials();
  EXPECT_TRUE(anna.record.guesses == Guesses{});
}

TEST(Probation, IsEndedByANewRun) {
  Account anna;
  anna.live();
  anna.run();
  anna.change_credentials();
  anna.now += 1h;
  EXPECT_LE(anna.run(), 10U);
  EXPECT_EQ(anna.level(), Level::kSuspended);
}

// After a crash logs are read again, and the record may be older than the judgement.
TEST(Dismissal, IsNotUndoneByTheNextEventAfterWhatIsToldLate) {
  Account anna;
  anna.live();
  const AccountRecord honest = anna.record;
  const Timestamp begun = anna.now;
  anna.run();
  anna.judge_by_person(false);
  const Timestamp dismissed = anna.now;
  const Standing lifted = anna.record.standing;
  anna.record = honest;
  anna.record.standing = lifted;
  anna.now = begun;
  anna.run(3);
  ASSERT_LE(anna.now, dismissed);
  EXPECT_EQ(anna.level(), Level::kClear);
  anna.now = dismissed + 2s;
  anna.answer(anna.transaction(), false);
  EXPECT_EQ(anna.level(), Level::kClear);
}

TEST(Confirmation, SuspendsAndOpensAnIncident) {
  Account anna;
  anna.live();
  anna.judge_by_person(true);
  EXPECT_EQ(anna.level(), Level::kSuspended);
  ASSERT_TRUE(anna.decision.change);
  EXPECT_TRUE(anna.decision.change->opens_incident);
  EXPECT_TRUE(anna.record.standing.incident.known());
}

TEST(Confirmation, KeepsTheIncidentThatIsOpen) {
  Account anna;
  anna.live();
  anna.run();
  const IncidentId incident = anna.record.standing.incident;
  anna.judge_by_person(true);
  EXPECT_EQ(anna.record.standing.incident, incident);
}

TEST(Confirmation, DoesNotShutOutTheOwnerWhoHasANewPasswordAlready) {
  Account anna;
  anna.live();
  anna.run();
  anna.change_credentials();
  ASSERT_EQ(anna.level(), Level::kRecovering);
  const Standing probation = anna.record.standing;
  anna.now += 1h;
  anna.judge_by_person(true);
  EXPECT_EQ(anna.record.standing, probation);
  EXPECT_FALSE(anna.decision.change);
}

TEST(Dismissal, ClearsTheAccountAndLearnsWhatWasTakenForAThief) {
  Account anna;
  anna.live();
  anna.send(thiefs_place(), {500});
  anna.run(2);
  ASSERT_TRUE(is_restriction(anna.level()));
  anna.judge_by_person(false);
  EXPECT_EQ(anna.level(), Level::kClear);
  EXPECT_FALSE(anna.record.standing.incident.known());
  EXPECT_NE(anna.record.profile.networks.find(66), nullptr);
  EXPECT_TRUE(anna.record.profile.known_recipients.contains(500));
  EXPECT_EQ(anna.record.stranger, nullptr);
}

TEST(Dismissal, IsNotUndoneByWhatHappenedBefore) {
  Account anna;
  anna.live();
  const Account before_the_crash = anna;
  anna.run();
  ASSERT_EQ(anna.level(), Level::kSuspended);
  anna.judge_by_person(false);
  const Standing lifted = anna.record.standing;
  anna = before_the_crash;  // all of it forgotten but what the ledger knows
  anna.record.standing = lifted;
  anna.run();
  EXPECT_EQ(anna.level(), Level::kClear);
  anna.now += 1h;
  anna.run();
  EXPECT_EQ(anna.level(), Level::kSuspended);
}

TEST(Dismissal, AsksForMoreEvidenceForSomeWeeks) {
  Account anna;
  anna.live();
  const float before = anna.login(thiefs_place()).risk;
  anna.judge_by_person(false);
  EXPECT_LT(anna.login(origin_at(67, 61, "CN")).risk, before - 2);
}

TEST(Fuse, LetsNobodyBeRestrictedAndTellsAPersonOnce) {
  Account anna;
  anna.live();
  anna.fuse_is_out = true;
  anna.run(5);
  int told = 0;
  for (const StandingChange& change : anna.changes) {
    EXPECT_FALSE(is_restriction(change.after.level));
    told += change.observed_only ? 1 : 0;
  }
  EXPECT_EQ(told, 1);
  EXPECT_EQ(anna.level(), Level::kWatched);
}

TEST(Fuse, TellsAPersonOnceHoweverMuchTheOwnerDoesBeside) {
  Account anna;
  anna.live();
  anna.fuse_is_out = true;
  int told = 0;
  for (int i = 0; i < 5; ++i) {
    anna.run(1);
    anna.answer(1, false);     // a delivery report of the owner's mail
    anna.send(Origin{}, {1});  // and webmail, which has no place
  }
  for (const StandingChange& change : anna.changes) told += change.observed_only ? 1 : 0;
  EXPECT_EQ(told, 1);
}

TEST(Fuse, LeavesWhoIsAlreadyRestrictedToTheLadder) {
  Account anna;
  anna.live();
  put(anna, Level::kSlowed);
  anna.fuse_is_out = true;
  anna.run(5);
  EXPECT_GT(anna.level(), Level::kSlowed);
}

TEST(Fuse, RestrictsAsSoonAsItIsBack) {
  Account anna;
  anna.live();
  anna.fuse_is_out = true;
  anna.run(2);
  anna.fuse_is_out = false;
  anna.run(2);
  EXPECT_TRUE(is_restriction(anna.level()));
}

}  // namespace
}  // namespace postreeve
