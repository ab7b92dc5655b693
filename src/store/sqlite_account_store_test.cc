#include "store/sqlite_account_store.h"

#include <gtest/gtest.h>

#include <fstream>
#include <thread>
#include <vector>

#include "profile/record_testing.h"
#include "store/sqlite_testing.h"

namespace postreeve {
namespace {

void set(AccountStore& store, std::uint64_t number, std::uint32_t value) {
  update(store, account(number), [&](AccountRecord& record) { record.dismissed = value; });
}

std::uint32_t value_of(const AccountStore& store, std::uint64_t number) {
  const auto found = store.find(account(number));
  return found ? found->dismissed : 0;
}

TEST(SqliteAccountStore, FindsEveryRecordAgainAsItWas) {
  const StoreFolder folder;
  std::vector<AccountRecord> records;
  for (std::uint64_t i = 0; i < 40; ++i) records.push_back(random_record(i));
  {
    const auto store = open_store(folder);
    for (std::uint64_t i = 0; i < 40; ++i) {
      update(*store, account(i), [&](AccountRecord& record) { record = records[i]; });
    }
  }
  const auto store = open_store(folder);
  for (std::uint64_t i = 0; i < 40; ++i) {
    EXPECT_TRUE(store->find(account(i)) == records[i]);
    update(*store, account(i), [&](AccountRecord& record) { EXPECT_TRUE(record == records[i]); });
  }
  EXPECT_EQ(store->health().loaded, 40U);
}

TEST(SqliteAccountStore, KnowsHowManyThereAreWithoutLoadingThem) {
  const StoreFolder folder;
  {
    const auto store = open_store(folder);
    for (std::uint64_t i = 0; i < 50; ++i) {
      update(*store, account(i),
             [&](AccountRecord& record) { record.profile.first_seen = i % 5 == 0 ? 9 : 0; });
    }
    ASSERT_TRUE(store->flush());
    set(*store, 3, 1);
    update(*store, account(3), [&](AccountRecord& record) { record.profile.first_seen = 9; });
  }
  const auto store = open_store(folder);
  EXPECT_EQ(store->size(), 50U);
  EXPECT_EQ(store->active(), 11U);
  EXPECT_EQ(store->health().resident, 0U);
  set(*store, 0, 1);
  set(*store, 99, 1);
  EXPECT_EQ(store->size(), 51U);
  EXPECT_EQ(store->active(), 11U);
}

TEST(SqliteAccountStore, HasEverythingInTheFileAfterAFlush) {
  const StoreFolder folder;
  const auto store = open_store(folder, {.write_after = std::chrono::hours{1}});
  for (std::uint64_t i = 0; i < 1'000; ++i) set(*store, i, 7);
  EXPECT_EQ(store->health().dirty, 1'000U);
  EXPECT_EQ(ask(folder, "SELECT count(*) FROM account_record"), 0);
  ASSERT_TRUE(store->flush());
  EXPECT_EQ(store->health().dirty, 0U);
  EXPECT_EQ(ask(folder, "SELECT count(*) FROM account_record"), 1'000);
  EXPECT_EQ(ask(folder, "SELECT accounts FROM account_record_count"), 1'000);
}

TEST(SqliteAccountStore, WritesByItselfSoonAfterAChange) {
  const StoreFolder folder;
  const auto store = open_store(folder, {.write_after = Duration{5}});
  set(*store, 1, 7);
  for (int i = 0; i < 2'000 && store->health().dirty > 0; ++i) std::this_thread::yield();
  while (store->health().dirty > 0) std::this_thread::yield();
  EXPECT_EQ(ask(folder, "SELECT count(*) FROM account_record"), 1);
}

TEST(SqliteAccountStore, StaysWithinItsMemoryAndForgetsNothing) {
  const StoreFolder folder;
  constexpr std::uint64_t kBudget = 64 * 4'000;  // some 300 records
  const auto store = open_store(folder, {.memory_bytes = kBudget});
  for (std::uint32_t round = 0; round < 2; ++round) {
    for (std::uint64_t i = 0; i < 800; ++i) {
      update(*store, account(i), [&](AccountRecord& record) { EXPECT_EQ(record.dismissed++, round); });
      if (i % 200 == 199) {
        ASSERT_TRUE(store->flush());
      }
    }
  }
  EXPECT_GT(store->health().evicted, 800U);
  EXPECT_EQ(store->size(), 800U);
  // What is dirty stays: at most that of the steps since the latest flush.
  EXPECT_LT(store->health().memory_bytes, 2 * kBudget);
}

TEST(SqliteAccountStore, NeverGivesUpARecordInAStanding) {
  const StoreFolder folder;
  const auto store = open_store(folder, {.memory_bytes = 1});
  update(*store, account(5), [](AccountRecord& record) { record.standing.level = Level::kHeld; });
  ASSERT_TRUE(store->flush());
  for (std::uint64_t i = 100; i < 500; ++i) set(*store, i, 1);
  ASSERT_TRUE(store->flush());
  for (std::uint64_t i = 100; i < 500; ++i) set(*store, i, 2);
  const std::uint64_t loaded = store->health().loaded;
  update(*store, account(5), [](AccountRecord& record) { EXPECT_EQ(record.standing.level, Level::kHeld); });
  EXPECT_EQ(store->health().loaded, loaded);
}

TEST(SqliteAccountStore, JudgesAnAccountAsNewWhoseRecordIsDamagedAndKeepsItAside) {
  const StoreFolder folder;
  {
    const auto store = open_store(folder);
    update(*store, account(1), [](AccountRecord& record) { record.profile.first_seen = 9; });
    set(*store, 2, 7);
  }
  ask(folder, "UPDATE account_record SET record = x'50520105aa' WHERE active = 1");
  {
    const auto store = open_store(folder);
    EXPECT_FALSE(store->find(account(1)));
    update(*store, account(1), [](AccountRecord& record) { EXPECT_TRUE(record == AccountRecord{}); });
    update(*store, account(1), [](AccountRecord& record) { record.profile.first_seen = 10; });
    EXPECT_EQ(value_of(*store, 2), 7U);
    EXPECT_EQ(store->health().corrupt, 1U);
    EXPECT_NE(store->health().last_fault, "");
    EXPECT_EQ(store->size(), 2U);
    EXPECT_EQ(store->active(), 1U);
  }
  EXPECT_EQ(ask(folder, "SELECT count(*) FROM account_record_corrupt WHERE record = x'50520105aa'"), 1);
  const auto store = open_store(folder);
  EXPECT_EQ(store->find(account(1))->profile.first_seen, 10U);
  EXPECT_EQ(store->active(), 1U);
}

TEST(SqliteAccountStore, KeepsRecordsInMemoryWhileTheDiskIsFull) {
  const StoreFolder folder;
  {
    const auto store = open_store(folder, {.write_after = Duration{1}, .most_pages = 12});
    for (std::uint64_t i = 0; i < 2'000; ++i) set(*store, i, 7);
    const Result<void> flushed = store->flush();
    ASSERT_FALSE(flushed);
    EXPECT_EQ(flushed.error().code, ErrorCode::kUnavailable);
    const AccountStoreHealth health = store->health();
    EXPECT_FALSE(health.writing);
    EXPECT_GT(health.dirty, 1'000U);
    EXPECT_EQ(health.resident, 2'000U);
    for (std::uint64_t i = 0; i < 2'000; ++i) ASSERT_EQ(value_of(*store, i), 7U);
    EXPECT_EQ(store->size(), 2'000U);
  }
  // What was written is whole, and counted.
  const std::int64_t rows = ask(folder, "SELECT count(*) FROM account_record");
  EXPECT_LT(rows, 2'000);
  const auto store = open_store(folder);
  EXPECT_EQ(store->size(), static_cast<std::uint64_t>(rows));
}

TEST(SqliteAccountStore, GoesOnWritingWhenTheDiskHasRoomAgain) {
  const StoreFolder folder;
  const auto store = open_store(folder, {.write_after = Duration{1}});
  set(*store, 1, 7);
  ASSERT_TRUE(store->flush());
  ask(folder, "CREATE TRIGGER full BEFORE UPDATE ON account_record BEGIN SELECT RAISE(ABORT, 'full'); END");
  set(*store, 1, 8);
  ASSERT_FALSE(store->flush());
  EXPECT_EQ(store->health().dirty, 1U);
  ask(folder, "DROP TRIGGER full");
  ASSERT_TRUE(store->flush());
  EXPECT_EQ(store->health().dirty, 0U);
  EXPECT_TRUE(store->health().writing);
}

TEST(SqliteAccountStore, SharesItsFileWithSomebodyWhoHoldsItForAMoment) {
  const StoreFolder folder;
  const auto store = open_store(folder, {.write_after = Duration{1}});
  auto other = SqliteConnection::open(folder.file(), SqliteConnection::Access::kReadWrite, Duration{1'000});
  ASSERT_TRUE(other);
  ASSERT_TRUE(other->run("BEGIN IMMEDIATE; CREATE TABLE own (id INTEGER)"));
  for (std::uint64_t i = 0; i < 100; ++i) set(*store, i, 7);
  for (std::uint64_t i = 0; i < 100; ++i) EXPECT_EQ(value_of(*store, i), 7U);
  ASSERT_TRUE(other->run("COMMIT"));
  ASSERT_TRUE(store->flush());
}

TEST(SqliteAccountStore, RefusesAFileThatIsNoDatabase) {
  const StoreFolder folder;
  std::ofstream(folder.file()) << std::string(10'000, 'x');
  SqliteAccountStoreOptions options;
  options.path = folder.file();
  const auto store = SqliteAccountStore::open(options);
  ASSERT_FALSE(store);
  EXPECT_EQ(store.error().code, ErrorCode::kCorrupt);
}

TEST(SqliteAccountStore, RefusesRecordsOfANewerVersion) {
  const StoreFolder folder;
  open_store(folder).reset();
  ask(folder, "UPDATE account_record_count SET schema = 2");
  SqliteAccountStoreOptions options;
  options.path = folder.file();
  const auto store = SqliteAccountStore::open(options);
  ASSERT_FALSE(store);
  EXPECT_NE(store.error().detail.find("newer"), std::string::npos) << store.error().detail;
}

TEST(SqliteAccountStore, LosesNothingUnderManyThreadsWithEvictionsAndFlushes) {
  const StoreFolder folder;
  constexpr std::uint32_t kThreads = 4;
  constexpr std::uint32_t kSteps = 1'500;
  constexpr std::uint64_t kAccounts = 300;
  {
    const auto store =
        open_store(folder, {.memory_bytes = 64 * 2'000, .write_after = Duration{1}, .rows_a_batch = 16});
    std::vector<std::thread> threads;
    for (std::uint32_t t = 0; t < kThreads; ++t) {
      threads.emplace_back([&, t] {
        for (std::uint32_t i = 0; i < kSteps; ++i) {
          update(*store, account((i * 7 + t) % kAccounts), [](AccountRecord& record) { ++record.dismissed; });
          if (i % 500 == 0) {
            EXPECT_TRUE(store->flush());
          }
          if (i % 64 == 0) static_cast<void>(store->health());
        }
      });
    }
    for (std::thread& thread : threads) thread.join();
  }
  const auto store = open_store(folder);
  std::uint64_t sum = 0;
  for (std::uint64_t i = 0; i < kAccounts; ++i) sum += value_of(*store, i);
  EXPECT_EQ(sum, std::uint64_t{kThreads} * kSteps);
  EXPECT_EQ(store->size(), kAccounts);
}

}  // namespace
}  // namespace postreeve
