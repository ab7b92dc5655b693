#include "guard/ledger_standings.h"

#include <array>
#include <memory>

#include <gtest/gtest.h>

#include "guard/guard_testing.h"

namespace postreeve {
namespace {

using namespace std::chrono_literals;

// Records and a ledger, which need not agree.
class LedgerStandingsTest : public ::testing::Test {
 protected:
  // What the ledger says from now on; the row.
  StandingRow ledger_says(Level level, Timestamp since, std::uint32_t until = 0) {
    StandingEntry entry;
    entry.account = anna;
    entry.key = engine.key_of(anna);
    entry.author = "pat";
    entry.change.time = since;
    entry.change.after = standing(level, since, until);
    EXPECT_TRUE(incidents.record(entry));
    return **incidents.standing_of(anna);
  }
  void record_says(Level level, Timestamp since, std::uint32_t until = 0) {
    engine.restore(engine.key_of(anna), standing(level, since, until));
  }
  struct Suspect final : RecordStep {
    void run(AccountRecord& record) override { record.owner.risk.nats.front() = 2; }
  };
  void suspect() {
    Suspect step;
    accounts.update(engine.key_of(anna), step);
  }
  [[nodiscard]] float risk() const { return accounts.find(engine.key_of(anna))->owner.risk.nats.front(); }
  [[nodiscard]] Level level() const { return engine.standing_of(anna, noon).level; }

  static Standing standing(Level level, Timestamp since, std::uint32_t until = 0) {
    return {.since = to_seconds32(since), .until = until, .incident = {7}, .level = level};
  }

  const AccountId anna = account_named(kAnna);
  const Timestamp noon{std::chrono::sys_days{std::chrono::year{2026} / 3 / 2} + 12h};
  TemporaryDirectory directory;
  Policy policy;
  Locator locator;
  MemoryAccountStore accounts;
  MemorySharedCounters counters;
  Engine engine{policy, locator, HashKey{}, accounts, counters};
  std::unique_ptr<LedgerDatabase> database = *LedgerDatabase::open({.path = directory.file("ledger.db")});
  IncidentBook incidents{*database};
  LedgerStandings shared{incidents, true};
  LedgerStandings own{incidents, false};
};

TEST_F(LedgerStandingsTest, BringBackAtOnceWhatIsPlainlyLater) {
  record_says(Level::kWatched, noon - 1h);
  shared.apply(engine, std::array{ledger_says(Level::kHeld, noon)}, noon);
  EXPECT_EQ(level(), Level::kHeld);
  shared.apply(engine, std::array{ledger_says(Level::kRecovering, noon + 1s)}, noon);
  EXPECT_EQ(level(), Level::kRecovering);
}

TEST_F(LedgerStandingsTest, LeaveARecordAloneThatWentOnMeanwhile) {
  record_says(Level::kHeld, noon);
  shared.apply(engine, std::array{ledger_says(Level::kSlowed, noon)}, noon);
  EXPECT_EQ(level(), Level::kHeld);
  (void)ledger_says(Level::kHeld, noon);
  shared.look_again(engine, noon + 1min);
  EXPECT_EQ(level(), Level::kHeld);
}

TEST_F(LedgerStandingsTest, DoNotBringBackWhatWasLiftedMeanwhile) {
  const StandingRow suspended = ledger_says(Level::kSuspended, noon);
  record_says(Level::kRecovering, noon);
  shared.apply(engine, std::array{suspended}, noon);
  EXPECT_EQ(level(), Level::kRecovering);
}

TEST_F(LedgerStandingsTest, KnowARecordThatIsAsTheLedgerWas) {
  shared.apply(engine, std::array{ledger_says(Level::kSuspended, noon)}, noon);
  EXPECT_EQ(level(), Level::kSuspended);
  shared.apply(engine, std::array{ledger_says(Level::kRecovering, noon)}, noon);
  EXPECT_EQ(level(), Level::kRecovering);
}

TEST_F(LedgerStandingsTest, DoNotBringBackWhatWasLiftedWhenTheOlderRowComesLast) {
  const StandingRow suspended = ledger_says(Level::kSuspended, noon);
  const StandingRow lifted = ledger_says(Level::kRecovering, noon + 1s);
  shared.apply(engine, std::array{suspended}, noon);
  shared.apply(engine, std::array{lifted}, noon);
  shared.apply(engine, std::array{suspended}, noon);  // read by a restore before it was lifted
  shared.look_again(engine, noon + 1min);
  EXPECT_EQ(level(), Level::kRecovering);
  shared.apply(engine, std::array{lifted}, noon);
  EXPECT_EQ(level(), Level::kRecovering);
}

TEST_F(LedgerStandingsTest, TakeALowerNumberForTheSpoolsWhenTheLedgerStandsByIt) {
  StandingRow of_server = ledger_says(Level::kRecovering, noon);
  of_server.version += 1'000;
  shared.apply(engine, std::array{of_server}, noon);
  shared.apply(engine, std::array{ledger_says(Level::kSuspended, noon + 5s)}, noon);
  EXPECT_EQ(level(), Level::kSuspended);
}

TEST_F(LedgerStandingsTest, LeaveARecordAloneThatIsPlainlyLater) {
  // Another node waits for the ledger's server with it.
  record_says(Level::kSuspended, noon + 5s);
  shared.apply(engine, std::array{ledger_says(Level::kRecovering, noon)}, noon);
  shared.look_again(engine, noon + 1min);
  EXPECT_EQ(level(), Level::kSuspended);
}

TEST_F(LedgerStandingsTest, BringBackAStandingThatARecordWhichIsOnlyWatchedDoesNotKnow) {
  record_says(Level::kWatched, noon + 1s);
  shared.apply(engine, std::array{ledger_says(Level::kHeld, noon)}, noon);
  EXPECT_EQ(level(), Level::kWatched);
  shared.look_again(engine, noon + 2s);
  EXPECT_EQ(level(), Level::kHeld);
}

// A Redis that failed over had lost that he was suspended, and before anybody noticed he was slowed.
TEST_F(LedgerStandingsTest, HoldAgainstAMilderOneThatTheRecordCameToWithoutThem) {
  record_says(Level::kSlowed, noon + 5s, to_seconds32(noon + 2h));
  shared.apply(engine, std::array{ledger_says(Level::kSuspended, noon)}, noon);
  shared.look_again(engine, noon + 2s);
  EXPECT_EQ(level(), Level::kSuspended);
}

TEST_F(LedgerStandingsTest, GiveWayToAPersonsMilderWord) {
  Observation observation;
  engine.order(anna, Level::kSlowed, noon + 5s, observation);
  shared.apply(engine, std::array{ledger_says(Level::kSuspended, noon)}, noon);
  shared.look_again(engine, noon + 1min);
  EXPECT_EQ(level(), Level::kSlowed);
}

TEST_F(LedgerStandingsTest, GiveWayToAMilderOneThatCameWhenTheyWereOver) {
  record_says(Level::kSlowed, noon, to_seconds32(noon + 2h));
  shared.apply(engine, std::array{ledger_says(Level::kHeld, noon - 24h, to_seconds32(noon))}, noon);
  shared.look_again(engine, noon + 1min);
  EXPECT_EQ(level(), Level::kSlowed);
}

TEST_F(LedgerStandingsTest, MoveTheEndOfARecordThatHasNotSeenWhatTheThiefDidElsewhere) {
  record_says(Level::kSlowed, noon - 2h, to_seconds32(noon + 1s));
  shared.apply(engine, std::array{ledger_says(Level::kSlowed, noon - 2h, to_seconds32(noon + 1h))}, noon);
  EXPECT_EQ(engine.standing_of(anna, noon).until, to_seconds32(noon + 1h));
  engine.restore(engine.key_of(anna), standing(Level::kSlowed, noon - 2h, to_seconds32(noon + 1s)));
  EXPECT_EQ(engine.standing_of(anna, noon).until, to_seconds32(noon + 1h)) << "an end never comes nearer";
}

// Else a thief who comes back would be met as if he had never been there.
TEST_F(LedgerStandingsTest, LeaveWhatLedToThoseThatAreOverByThemselves) {
  record_says(Level::kSlowed, noon - 2h, to_seconds32(noon));
  shared.apply(engine, std::array{ledger_says(Level::kSlowed, noon - 2h, to_seconds32(noon))}, noon);
  suspect();
  shared.apply(engine, std::array{ledger_says(Level::kClear, noon)}, noon + 1s);
  EXPECT_EQ(level(), Level::kClear);
  EXPECT_EQ(risk(), 2.0F);
  record_says(Level::kSlowed, noon + 1h, to_seconds32(noon + 3h));
  shared.apply(engine, std::array{ledger_says(Level::kClear, noon + 2h)}, noon + 2h);
  EXPECT_EQ(level(), Level::kClear);
  EXPECT_EQ(risk(), 0.0F) << "somebody lifted it";
}

TEST_F(LedgerStandingsTest, TakeTheLedgersWordWhenItIsTheSameAWhileLater) {
  record_says(Level::kSuspended, noon);
  shared.apply(engine, std::array{ledger_says(Level::kRecovering, noon)}, noon);
  shared.look_again(engine, noon + 1s);
  EXPECT_EQ(level(), Level::kSuspended);
  shared.look_again(engine, noon + 2s);
  EXPECT_EQ(level(), Level::kRecovering);
}

TEST_F(LedgerStandingsTest, HoldBeforeAPersonsOrderThoughTheRecordForgotThem) {
  record_says(Level::kSuspended, noon);
  (void)ledger_says(Level::kRecovering, noon);
  own.catch_up(engine, anna);
  EXPECT_EQ(level(), Level::kSuspended) << "others' standings are in records only";
  shared.catch_up(engine, anna);
  EXPECT_EQ(level(), Level::kRecovering);
}

TEST_F(LedgerStandingsTest, LeaveTheMoreSevereOneWhenOthersHaveLedgersOfTheirOwn) {
  record_says(Level::kSuspended, noon);
  own.apply(engine, std::array{ledger_says(Level::kHeld, noon + 10s)}, noon);
  own.look_again(engine, noon + 1min);
  EXPECT_EQ(level(), Level::kSuspended);
  own.apply(engine, std::array{ledger_says(Level::kRecovering, noon + 20s)}, noon);
  EXPECT_EQ(level(), Level::kRecovering);
}

}  // namespace
}  // namespace postreeve
