// Take-overs that must be contained, and how early.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include "scenario/world.h"

namespace postreeve {
namespace {

using namespace std::chrono_literals;

const std::string kAnna = "anna@x.example";
const Place kOffice{"192.0.2.10", "anna-pc"};
const Place kThief{"203.0.113.66", "User"};

// Sends `messages` as a thief would; returns how many recipients got out.
std::uint32_t run(World& world, const Place& place, int messages, int recipients, Duration pause) {
  std::uint32_t out = 0;
  for (int i = 0; i < messages; ++i) {
    const auto victims = people(fmt::format("victim{}x", i), recipients, "freemail.example");
    out += world.send(kAnna, place, victims).recipients_accepted;
    world.pass(pause);
  }
  return out;
}

TEST(TakeOver, ALoudBurstLeaksNoMoreThanAFewRecipients) {
  World world;
  world.live(kAnna, kOffice, 30);
  EXPECT_LE(run(world, kThief, 50, 30, 2s), 10U);
  ASSERT_FALSE(world.changes.empty());
  EXPECT_GE(world.changes.back().after.level, Level::kHeld);
}

TEST(TakeOver, TheOwnerGoesOnWhileTheThiefIsHeld) {
  World world;
  world.live(kAnna, kOffice, 30);
  run(world, kThief, 20, 30, 2s);
  EXPECT_EQ(world.send(kAnna, kOffice, {"contact1@y.example"}).action, Action::kAccept);
  EXPECT_EQ(world.send(kAnna, kOffice, {"somebody-new@y.example"}).action, Action::kAccept);
}

TEST(TakeOver, ABotnetWithOneMessageEachIsContained) {
  World world;
  world.live(kAnna, kOffice, 30);
  std::uint32_t out = 0;
  for (int i = 0; i < 60; ++i) {
    const Place bot{fmt::format("{}.{}.7.9", 60 + i, i * 3), fmt::format("host{}", i)};
    out += world.send(kAnna, bot, people(fmt::format("v{}x", i), 2)).recipients_accepted;
    world.pass(40s);
  }
  EXPECT_LE(out, 10U);
}

TEST(TakeOver, LowAndSlowIsCaughtWithinADozenMessages) {
  World world;
  world.live(kAnna, kOffice, 30);
  EXPECT_LE(run(world, kThief, 60, 1, 20min), 12U);
}

TEST(TakeOver, LateralPhishingToKnownContactsIsBraked) {
  World world;
  world.live(kAnna, kOffice, 30);
  std::uint32_t out = 0;
  for (int round = 0; round < 3; ++round) {
    for (const std::string& contact : people("contact", 20)) {
      out += world.send(kAnna, kThief, {contact}).recipients_accepted;
      world.pass(10s);
    }
  }
  EXPECT_LE(out, 20U);
}

TEST(TakeOver, MalwareOnTheOwnersMachineIsCaughtByTheAnswers) {
  World world;
  world.live(kAnna, kOffice, 30);
  std::uint32_t out = 0;
  for (int i = 0; i < 200; ++i) {
    const std::string victim = fmt::format("v{}@list{}.example", i, i % 40);
    const auto outcome = world.send(kAnna, kOffice, {victim});
    out += outcome.recipients_accepted;
    if (outcome.action == Action::kAccept) world.answer(kAnna, world.last_queue_id(), victim, i % 3 == 0);
    world.pass(5s);
  }
  EXPECT_LE(out, 60U);
}

TEST(TakeOver, AGuessedPasswordIsRemembered) {
  World world;
  world.live(kAnna, kOffice, 30);
  for (int i = 0; i < 20; ++i) {
    world.login(kAnna, kThief, false);
    world.pass(3s);
  }
  world.login(kAnna, kThief);
  EXPECT_LE(run(world, kThief, 10, 1, 1min), 2U);
}

TEST(TakeOver, ARepeatedRequestGetsTheSameAnswerAndIsNotCounted) {
  World world;
  world.live(kAnna, kOffice, 5);
  Recipient recipient;
  recipient.time = world.now();
  recipient.account = account_of(kAnna);
  recipient.session = {IpAddress::parse(kOffice.address), "", kOffice.helo, Service::kSmtp};
  recipient.transaction = "588a.6b022ef5.4f048.0";
  recipient.sender = kAnna;
  recipient.recipient = "r@y.example";
  EXPECT_FALSE(world.observe(recipient).repeated);
  EXPECT_TRUE(world.observe(recipient).repeated);
}

TEST(TakeOver, ACredentialChangeEndsTheContainmentWithProbation) {
  World world;
  world.live(kAnna, kOffice, 30);
  run(world, kThief, 20, 30, 2s);
  world.observe(CredentialChange{world.now(), account_of(kAnna)});
  EXPECT_EQ(world.changes.back().after.level, Level::kRecovering);
  EXPECT_EQ(world.send(kAnna, kOffice, {"contact1@y.example"}).action, Action::kAccept);
}

TEST(TakeOver, ADismissedAlarmTeachesThatTheOwnerWasAtWork) {
  World world;
  world.live(kAnna, kOffice, 30);
  const Place conference{"203.0.113.9", "other-laptop"};
  world.send(kAnna, conference, people("delegate", 30));
  ASSERT_FALSE(world.changes.empty());
  world.observe(Judgement{world.now(), account_of(kAnna), false, "support", "she called"});
  EXPECT_EQ(world.changes.back().after.level, Level::kClear);
  world.pass(1h);
  EXPECT_EQ(world.send(kAnna, conference, {"contact1@y.example", "one-more@y.example"}).action,
            Action::kAccept);
}

TEST(TakeOver, TheFuseStopsAfterFiveAccountsWithinAnHour) {
  World world;
  std::vector<std::string> staff;
  for (int i = 0; i < 12; ++i) {
    staff.push_back(fmt::format("user{}@x.example", i));
    world.live(staff.back(), kOffice, 30);
  }
  int restricted = 0;
  int observed = 0;
  for (const std::string& account : staff) {
    for (int i = 0; i < 5; ++i) world.send(account, kThief, people(fmt::format("f{}x", i), 30));
  }
  for (const StandingChange& change : world.changes) {
    restricted += !is_restriction(change.before.level) && is_restriction(change.after.level);
    observed += change.observed_only;
  }
  EXPECT_EQ(restricted, 5);
  EXPECT_GE(observed, 7);
}

}  // namespace
}  // namespace postreeve
