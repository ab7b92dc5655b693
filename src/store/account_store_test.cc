// What every AccountStore promises.
#include "store/account_store.h"

#include <gtest/gtest.h>

#include <memory>
#include <thread>
#include <vector>

#include "redis/redis_testing.h"
#include "store/memory_account_store.h"
#include "store/redis/redis_account_store.h"
#include "store/sqlite_testing.h"

namespace postreeve {
namespace {

class InMemory {
 public:
  AccountStore& store() { return store_; }

 private:
  MemoryAccountStore store_;
};

class OnSqlite {
 public:
  AccountStore& store() { return *store_; }

 private:
  StoreFolder folder_;
  std::unique_ptr<SqliteAccountStore> store_ = open_store(folder_);
};

// So little memory that most records are on the disk alone.
class OnSqliteWithoutMemory {
 public:
  AccountStore& store() { return *store_; }

 private:
  StoreFolder folder_;
  std::unique_ptr<SqliteAccountStore> store_ =
      open_store(folder_, {.memory_bytes = 64 * 2'000, .write_after = Duration{1}});
};

class OnRedis {
 public:
  AccountStore& store() { return store_; }

 private:
  PrivateRedis redis_;
  std::unique_ptr<RedisClient> client_ = client_of(redis_.url());
  RedisAccountStore store_{*client_};
};

// So little memory that every record is asked for.
class OnRedisWithoutMemory {
 public:
  AccountStore& store() { return store_; }

 private:
  PrivateRedis redis_;
  std::unique_ptr<RedisClient> client_ = client_of(redis_.url());
  RedisAccountStore store_{*client_, {.memory_bytes = 1}};
};

template <typename Home>
class AccountStoreContract : public testing::Test {
 protected:
  Home home_;
  AccountStore& store_ = home_.store();
};

using Homes = testing::Types<InMemory, OnSqlite, OnSqliteWithoutMemory, OnRedis, OnRedisWithoutMemory>;
TYPED_TEST_SUITE(AccountStoreContract, Homes);

TYPED_TEST(AccountStoreContract, HasNoAccountAtFirst) {
  EXPECT_EQ(this->store_.size(), 0U);
}

TYPED_TEST(AccountStoreContract, MakesAnEmptyRecordForANewAccount) {
  bool was_empty = false;
  update(this->store_, account(1), [&](AccountRecord& record) { was_empty = record == AccountRecord{}; });
  EXPECT_TRUE(was_empty);
  EXPECT_EQ(this->store_.size(), 1U);
}

TYPED_TEST(AccountStoreContract, FindsACopyAndMakesNoRecord) {
  EXPECT_FALSE(this->store_.find(account(1)));
  EXPECT_EQ(this->store_.size(), 0U);
  update(this->store_, account(1), [](AccountRecord& record) { record.dismissed = 7; });
  const auto found = this->store_.find(account(1));
  ASSERT_TRUE(found);
  EXPECT_EQ(found->dismissed, 7U);
}

TYPED_TEST(AccountStoreContract, CountsAccountsAsActiveOnceTheyWereUsed) {
  update(this->store_, account(1), [](AccountRecord& record) { record.guesses.last_day = 1; });
  EXPECT_EQ(this->store_.active(), 0U);
  for (int i = 0; i < 2; ++i) {
    update(this->store_, account(1), [](AccountRecord& record) { record.profile.first_seen = 9; });
  }
  EXPECT_EQ(this->store_.active(), 1U);
}

TYPED_TEST(AccountStoreContract, KeepsWhatAStepWrote) {
  update(this->store_, account(1), [](AccountRecord& record) {
    record.dismissed = 7;
    learn_recipient(record.profile, 42);
    stranger_of(record).last_seen = 9;
  });
  bool kept = false;
  update(this->store_, account(1), [&](AccountRecord& record) {
    kept = record.dismissed == 7 && record.profile.known_recipients.contains(42) && record.stranger &&
           record.stranger->last_seen == 9;
  });
  EXPECT_TRUE(kept);
}

TYPED_TEST(AccountStoreContract, KeepsAccountsApart) {
  for (std::uint64_t i = 0; i < 500; ++i) {
    update(this->store_, account(i),
           [&](AccountRecord& record) { record.dismissed = static_cast<std::uint32_t>(i); });
  }
  EXPECT_EQ(this->store_.size(), 500U);
  for (std::uint64_t i = 0; i < 500; ++i) {
    update(this->store_, account(i), [&](AccountRecord& record) { EXPECT_EQ(record.dismissed, i); });
  }
}

TYPED_TEST(AccountStoreContract, TellsAccountsApartThatShareHalfTheirHash) {
  update(this->store_, {1, 2}, [](AccountRecord& record) { record.dismissed = 1; });
  update(this->store_, {1, 3}, [](AccountRecord& record) { EXPECT_EQ(record.dismissed, 0U); });
  update(this->store_, {2, 2}, [](AccountRecord& record) { EXPECT_EQ(record.dismissed, 0U); });
  EXPECT_EQ(this->store_.size(), 3U);
}

TYPED_TEST(AccountStoreContract, LosesNoStepWhenManyThreadsUpdateTheSameAccounts) {
  constexpr int kThreads = 4;
  constexpr std::uint32_t kSteps = 1'000;
  constexpr std::uint64_t kAccounts = 5;
  std::vector<std::thread> threads;
  for (int t = 0; t < kThreads; ++t) {
    threads.emplace_back([&] {
      for (std::uint32_t i = 0; i < kSteps; ++i) {
        update(this->store_, account(i % kAccounts), [](AccountRecord& record) {
          ++record.dismissed;
          if (record.dismissed % 100 == 0) keep(stranger_of(record), {.time = record.dismissed});
        });
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  for (std::uint64_t i = 0; i < kAccounts; ++i) {
    update(this->store_, account(i), [&](AccountRecord& record) {
      EXPECT_EQ(record.dismissed, kThreads * kSteps / kAccounts);
      ASSERT_EQ(record.stranger->lessons.size(), 8U);
      EXPECT_EQ(record.stranger->lessons.back().time, 800U);
    });
  }
}

TYPED_TEST(AccountStoreContract, CanBeCountedWhileItIsUpdated) {
  std::thread writer([&] {
    for (std::uint64_t i = 0; i < 2'000; ++i) update(this->store_, account(i), [](AccountRecord&) {});
  });
  std::uint64_t before = 0;
  while (before < 2'000) {
    const std::uint64_t now = this->store_.size();
    ASSERT_GE(now, before);
    before = now;
  }
  writer.join();
}

}  // namespace
}  // namespace postreeve
