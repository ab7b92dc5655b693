#include "store/record_copy.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <stdexcept>

#include "profile/record_codec.h"
#include "redis/redis_testing.h"
#include "store/redis/redis_account_store.h"
#include "store/redis/redis_keys.h"
#include "store/redis/redis_record_home.h"
#include "store/sqlite_testing.h"

namespace postreeve {
namespace {

constexpr std::uint64_t kMany = 1'300;  // several parts

// A file and a Redis; the parameter says which of them is the source.
enum class Way : std::uint8_t { kToRedis, kFromRedis };

class RecordCopy : public testing::TestWithParam<Way> {
 protected:
  RecordHome& from() { return GetParam() == Way::kToRedis ? *file_ : *redis_; }
  RecordHome& to() { return GetParam() == Way::kToRedis ? *redis_ : *file_; }

  // Records as an account store writes them; half of them were used.
  void learn(std::uint64_t accounts) {
    const auto fill = [accounts](AccountStore& store) {
      for (std::uint64_t i = 0; i < accounts; ++i) {
        update(store, account(i), [i](AccountRecord& record) {
          record.dismissed = static_cast<std::uint32_t>(i);
          if (i % 2 == 0) record.profile.first_seen = record.profile.last_seen = 1'780'000'000;
          if (i == 7) record.standing.level = Level::kSuspended;
        });
      }
    };
    if (GetParam() == Way::kToRedis) {
      const auto store = open_store(folder_);
      fill(*store);
      ASSERT_TRUE(store->flush());
    } else {
      RedisAccountStore store(*client_);
      fill(store);
    }
  }

  static std::map<Hash128, std::string> all_of(RecordHome& home) {
    std::map<Hash128, std::string> all;
    EXPECT_TRUE(home.each([&](std::span<const NamedRecord> records) -> Result<void> {
      for (const NamedRecord& named : records) all[named.account] = named.bytes;
      return {};
    }));
    return all;
  }

  StoreFolder folder_;
  PrivateRedis server_;
  std::unique_ptr<RedisClient> client_ = client_of(server_.url());
  std::unique_ptr<RecordHome> redis_ = records_on_redis(*client_);
  std::unique_ptr<RecordHome> file_ = *open_records_in_file(folder_.file());
};

TEST_P(RecordCopy, HasEveryRecordByteByByteAndCountsThem) {
  learn(kMany);
  std::uint64_t told = 0;
  ASSERT_TRUE(copy_records(from(), to(), [&](std::uint64_t records) { told = records; }));
  EXPECT_GE(told, kMany);
  const auto counts = check_records(from(), to(), {});
  ASSERT_TRUE(counts) << counts.error().detail;
  EXPECT_EQ(counts->accounts, kMany);
  EXPECT_EQ(counts->active, kMany / 2);
  EXPECT_EQ(all_of(to()), all_of(from()));
}

TEST_P(RecordCopy, IsWhatAStoreGoesOnWith) {
  learn(20);
  ASSERT_TRUE(copy_records(from(), to(), {}));
  ASSERT_TRUE(check_records(from(), to(), {}));
  const auto look = [](AccountStore& store) {
    EXPECT_EQ(store.size(), 20U);
    EXPECT_EQ(store.active(), 10U);
    EXPECT_EQ(store.find(account(7))->standing.level, Level::kSuspended);
    update(store, account(7), [](AccountRecord& record) { EXPECT_EQ(record.dismissed, 7U); });
  };
  if (GetParam() == Way::kToRedis) {
    RedisAccountStore store(*client_);
    look(store);
  } else {
    look(*open_store(folder_));
  }
}

TEST_P(RecordCopy, GoesOnWithWhatIsMissingAfterItBrokeOff) {
  learn(kMany);
  const auto break_off = [](std::uint64_t) { throw std::runtime_error("killed"); };
  EXPECT_THROW((void)copy_records(from(), to(), break_off), std::runtime_error);
  const std::size_t first = all_of(to()).size();
  EXPECT_GT(first, 0U);
  EXPECT_LT(first, kMany);
  ASSERT_TRUE(copy_records(from(), to(), {}));
  EXPECT_EQ(check_records(from(), to(), {})->accounts, kMany);
}

TEST_P(RecordCopy, CopiesARecordThatCannotBeReadAsItIs) {
  const NamedRecord broken{account(1), "no record"};
  ASSERT_TRUE(from().put({&broken, 1}));
  ASSERT_TRUE(copy_records(from(), to(), {}));
  const auto counts = check_records(from(), to(), {});
  ASSERT_TRUE(counts) << counts.error().detail;
  EXPECT_EQ(counts->active, 0U);
  EXPECT_EQ(all_of(to()).at(account(1)), "no record");
}

TEST_P(RecordCopy, FindsARecordThatIsNotTheSame) {
  learn(3);
  const NamedRecord other{account(2), encode_record(AccountRecord{})};
  ASSERT_TRUE(to().put({&other, 1}));
  ASSERT_TRUE(copy_records(from(), to(), {}));
  const auto checked = check_records(from(), to(), {});
  ASSERT_FALSE(checked);
  EXPECT_EQ(checked.error().code, ErrorCode::kCorrupt);
}

TEST_P(RecordCopy, LeavesNothingWhereItClears) {
  learn(kMany);
  ASSERT_TRUE(from().clear());
  EXPECT_TRUE(all_of(from()).empty());
  learn(5);
  EXPECT_EQ(all_of(from()).size(), 5U);
}

TEST_P(RecordCopy, SaysThatAServerIsAway) {
  learn(3);
  server_.kill();
  const auto copied = copy_records(from(), to(), {});
  ASSERT_FALSE(copied);
  EXPECT_EQ(copied.error().code, ErrorCode::kUnavailable);
}

INSTANTIATE_TEST_SUITE_P(, RecordCopy, testing::Values(Way::kToRedis, Way::kFromRedis),
                         [](const testing::TestParamInfo<Way>& way) {
                           return way.param == Way::kToRedis ? "ToRedis" : "FromRedis";
                         });

TEST(RecordCopyIntoAFile, FindsMoreThanTheSourceHas) {
  const StoreFolder one;
  const StoreFolder other;
  const auto from = *open_records_in_file(one.file());
  const auto to = *open_records_in_file(other.file());
  const NamedRecord extra{account(1), encode_record(AccountRecord{})};
  ASSERT_TRUE(to->put({&extra, 1}));
  ASSERT_TRUE(copy_records(*from, *to, {}));
  EXPECT_EQ(check_records(*from, *to, {}).error().code, ErrorCode::kCorrupt);
}

TEST(RecordCopyToRedis, StopsWhenRedisIsFull) {
  const StoreFolder folder;
  const PrivateRedis server({"--maxmemory", "1mb"});
  const auto client = client_of(server.url());
  const auto from = *open_records_in_file(folder.file());
  for (std::uint64_t i = 0; i < 50; ++i) {
    const NamedRecord large{account(i), std::string(15'000, 'x')};
    ASSERT_TRUE(from->put({&large, 1}));
  }
  const auto to = records_on_redis(*client);
  const auto copied = copy_records(*from, *to, {});
  ASSERT_FALSE(copied);
  EXPECT_EQ(copied.error().code, ErrorCode::kUnavailable) << copied.error().detail;
  EXPECT_THAT(copied.error().detail, testing::HasSubstr("maxmemory"));
}

TEST(RecordsInFile, AreCountedWithoutMakingAnything) {
  const StoreFolder folder;
  EXPECT_EQ(*count_records_in_file(folder.file()), 0U);
  EXPECT_FALSE(std::filesystem::exists(folder.file()));
  const auto home = *open_records_in_file(folder.file());
  EXPECT_EQ(*count_records_in_file(folder.file()), 0U);
  const NamedRecord one{account(1), encode_record(AccountRecord{})};
  ASSERT_TRUE(home->put({&one, 1}));
  EXPECT_EQ(*count_records_in_file(folder.file()), 1U);
}

}  // namespace
}  // namespace postreeve
