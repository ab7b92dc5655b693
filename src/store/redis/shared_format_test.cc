// A rolling upgrade: nodes of two record formats on one Redis.
#include "store/redis/shared_format.h"

#include <gtest/gtest.h>

#include <chrono>
#include <memory>
#include <optional>
#include <string>

#include "profile/record_codec.h"
#include "redis/redis_testing.h"
#include "store/redis/marked_value.h"
#include "store/redis/redis_account_store.h"
#include "store/redis/redis_keys.h"
#include "store/sqlite_testing.h"

namespace postreeve {
namespace {

constexpr std::uint8_t kOlder = kRecordFormat - 1;

// As a node of that version; each look is a second's.
struct Node {
  Node(const std::string& url, std::uint8_t newest)
      : client(client_of(url)), store(*client, {.newest_format = newest}) {}

  void look(int seconds = 1) {
    for (int i = 0; i < seconds; ++i) EXPECT_TRUE(store.refresh());
  }
  void order(Level level, std::uint32_t time) {
    update(store, account(1), [&](AccountRecord& record) {
      record.standing.level = level;
      record.standing.ordered = time;
    });
  }
  void add() {
    update(store, account(1), [](AccountRecord& record) { ++record.dismissed; });
  }
  // Of the record as it lies in Redis.
  [[nodiscard]] int format() const {
    const auto value = ask(*client, {"GET", redis_keys::record(account(1))});
    return content_of(value->text)[2];
  }

  std::unique_ptr<RedisClient> client;
  RedisAccountStore store;
};

class RollingUpgrade : public ::testing::Test {
 protected:
  // Ten seconds after its last word.
  void forget_the_older_one() {
    older.reset();
    ASSERT_TRUE(ask(*newer.client, {"DEL", redis_keys::format(kOlder)}));
  }

  PrivateRedis redis;
  std::optional<Node> older{std::in_place, redis.url(), kOlder};
  Node newer{redis.url(), kRecordFormat};
};

TEST_F(RollingUpgrade, JudgesAccountsAsOneThroughout) {
  for (int second = 0; second < 30; ++second) {
    older->look();
    newer.look();
    older->add();
    newer.add();
    ASSERT_EQ(newer.format(), second < 9 ? kOldestRecordFormat : kOlder) << "after " << second << " seconds";
  }
  EXPECT_EQ(older->store.find(account(1))->dismissed, 60U);
  newer.order(Level::kSuspended, 9);
  EXPECT_EQ(older->store.find(account(1))->standing.level, Level::kSuspended);
  older->add();
  EXPECT_EQ(newer.store.find(account(1))->standing.level, Level::kSuspended);
  EXPECT_EQ(older->store.health().newer, 0U);
  EXPECT_EQ(older->store.health().alone + newer.store.health().alone, 0U);
}

TEST_F(RollingUpgrade, EndsWhenTheLastOlderNodeIsGone) {
  older->look();
  older->add();
  newer.look(30);
  newer.order(Level::kHeld, 9);
  EXPECT_EQ(newer.format(), kOlder);
  forget_the_older_one();
  newer.look(5);
  newer.add();
  EXPECT_EQ(newer.format(), kOlder) << "a Redis that was restarted has forgotten who is there";
  newer.look(10);
  newer.order(Level::kHeld, 9);
  EXPECT_EQ(newer.format(), kRecordFormat);
  EXPECT_EQ(newer.store.health().format, kRecordFormat);
  EXPECT_EQ(Node(redis.url(), kRecordFormat).store.find(account(1))->standing.ordered, 9U);
}

TEST_F(RollingUpgrade, GoesBackWhenAnOlderNodeComesBack) {
  forget_the_older_one();
  newer.look(15);
  newer.add();
  ASSERT_EQ(newer.format(), kRecordFormat);
  older.emplace(redis.url(), kOlder);
  older->look();
  older->add();
  EXPECT_EQ(older->store.health().newer, 1U) << "judged in memory, and left alone in Redis";
  EXPECT_EQ(newer.format(), kRecordFormat);
  newer.look();
  newer.add();
  EXPECT_EQ(newer.format(), kOlder);
  EXPECT_EQ(older->store.find(account(1))->dismissed, 2U);
}

// A Redis that fails over forgets the nodes of the middle format just when the newest has become sure that
// those of the oldest are gone.
TEST_F(RollingUpgrade, GoesNoFurtherThanTheOldestThatWasHeardWhileBecomingSure) {
  older->look();
  newer.look(9);
  ASSERT_EQ(newer.store.health().format, kOldestRecordFormat);
  forget_the_older_one();
  newer.look();
  EXPECT_EQ(newer.store.health().format, kOlder);
}

TEST_F(RollingUpgrade, IsNoHurryForANodeThatIsAlone) {
  forget_the_older_one();
  newer.add();
  EXPECT_EQ(newer.format(), kOldestRecordFormat);
}

}  // namespace
}  // namespace postreeve
