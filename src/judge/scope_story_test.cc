// Whom a restriction touches: strangers only, or the owner's places too.
#include <gtest/gtest.h>

#include "judge/account_testing.h"

namespace postreeve {
namespace {

using namespace std::chrono_literals;

TEST(Scope, OfStrangersLeavesNoWayOutForAClientWithoutAName) {
  Account anna;
  anna.live();
  const Origin neighbour = origin_at(3, office().provider, "PL");
  EXPECT_EQ(anna.send(neighbour, {500}), 1U);
  anna.run();
  ASSERT_EQ(anna.level(), Level::kSuspended);
  EXPECT_EQ(anna.send(neighbour, {501}), 0U);
  EXPECT_EQ(anna.send(office(), {1}), 1U);
}

TEST(Scope, OfStrangersLeavesNoWayOutForAnotherProgramAtTheOwnersPlace) {
  Account anna;
  anna.live();
  Origin same_network = office();
  same_network.client = 4711;
  EXPECT_EQ(anna.send(same_network, {1}), 1U) << "a new computer";
  anna.run();
  ASSERT_EQ(anna.level(), Level::kSuspended);
  EXPECT_EQ(anna.send(same_network, {2}), 0U) << "the carrier or the VPN that both use";
  EXPECT_EQ(anna.send(office(), {2}), 1U);
}

TEST(Slowed, LeavesTheOwnersPlacesAlone) {
  Account anna;
  anna.live();
  put(anna, Level::kSlowed);
  EXPECT_EQ(anna.send(office(), {1, 2, 900, 901, 902}), 5U);
}

TEST(WholeAccount, TouchesTheOwnersPlacesToo) {
  Account anna;
  anna.live();
  put(anna, Level::kSuspended, Scope::kWholeAccount);
  EXPECT_EQ(anna.send(office(), {1}), 0U);
}

TEST(Scope, GrowsToTheWholeAccountWhenTheAbuseComesFromThere) {
  Account anna;
  anna.live();
  put(anna, Level::kSlowed);
  anna.send(office(), {1});
  anna.scan(anna.transaction(), ScanResult::kInfected);
  EXPECT_EQ(anna.record.standing.scope, Scope::kWholeAccount);
  anna.run(3);  // a thief beside does not make it smaller again
  EXPECT_EQ(anna.record.standing.scope, Scope::kWholeAccount);
}

// Malware on the owner's computer writes with his program to an old list; returns how many messages got out.
int infected_computer(Account& account, int messages = 40) {
  int out = 0;
  for (int i = 0; i < messages; ++i) {
    std::vector<std::uint32_t> victims;
    for (std::uint32_t n = 0; n < 30; ++n) victims.push_back(50'000 + account.transaction() * 30 + n);
    out += account.send(office(), victims) > 0 ? 1 : 0;
    for (int refusals = 0; refusals < 3; ++refusals) account.answer(account.transaction(), true);
    account.now += 20s;
  }
  return out;
}

TEST(Scope, OfStrangersLeavesNoWayOutForMalwareOnTheOwnersComputer) {
  Account alone;
  alone.live();
  const int most = infected_computer(alone);
  ASSERT_TRUE(alone.level() == Level::kSlowed || alone.level() == Level::kHeld);

  Account robbed;
  robbed.live();
  put(robbed, Level::kSuspended);
  EXPECT_LE(infected_computer(robbed), most);
  EXPECT_TRUE(robbed.decision.verdict.in_scope());
  EXPECT_EQ(robbed.decision.verdict.in_force, alone.level());
}

TEST(Scope, OfStrangersKeepsTheOwnerFromBeingSuspendedForTheThief) {
  Account anna;
  anna.live();
  put(anna, Level::kSuspended);
  const Standing of_the_thief = anna.record.standing;
  always(anna, Level::kSlowed);
  EXPECT_EQ(anna.send(office(), {900, 901, 902}), 1U);
  EXPECT_EQ(anna.decision.verdict.in_force, Level::kSlowed);
  EXPECT_TRUE(anna.record.standing == of_the_thief) << "nor does the thief's have an end now";
  EXPECT_EQ(anna.send(thiefs_place(), {1}), 0U);

  Account held;
  held.live();
  put(held, Level::kSuspended);
  held.policy.ladder.held = -100;
  held.begin();
  EXPECT_EQ(held.ask(office(), 1).action, Action::kAccept);
  EXPECT_EQ(held.submit(office()).action, Action::kHold);
}

TEST(Scope, OfStrangersIsToldOnceWhenTheOwnersPlacesAreRestrictedToo) {
  Account anna;
  anna.live();
  put(anna, Level::kSuspended);
  infected_computer(anna);
  ASSERT_FALSE(anna.changes.empty());
  EXPECT_LE(anna.changes.size(), 2U) << "a rung each";
  for (const StandingChange& change : anna.changes) {
    EXPECT_TRUE(change.before == change.after);
    EXPECT_FALSE(change.opens_incident);
  }
}

TEST(Scope, OfStrangersIsNotSaidOfAnAccountThatTheFuseSpared) {
  Account anna;
  anna.live();
  anna.fuse_is_out = true;
  always(anna, Level::kSlowed);
  EXPECT_EQ(anna.send(office(), {900, 901, 902}), 3U);
  EXPECT_FALSE(anna.decision.verdict.in_scope());
}

}  // namespace
}  // namespace postreeve
