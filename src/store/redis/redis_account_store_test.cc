#include "store/redis/redis_account_store.h"

#include <gtest/gtest.h>

#include <functional>
#include <future>
#include <random>
#include <stdexcept>
#include <thread>
#include <utility>

#include "base/field_writer.h"
#include "profile/record_codec.h"
#include "redis/redis_testing.h"
#include "store/redis/redis_keys.h"
#include "store/redis/redis_shared_counters.h"
#include "store/redis/redis_use.h"
#include "store/sqlite_testing.h"

namespace postreeve {
namespace {

using namespace std::chrono_literals;

// One of several machines on one Redis.
struct Node {
  explicit Node(const std::string& url, std::chrono::milliseconds time_limit = 10s)
      : client(client_of(url, {.time_limit = time_limit})), store(*client) {}

  void set(std::uint64_t number, std::uint32_t value) {
    update(store, account(number), [&](AccountRecord& record) { record.dismissed = value; });
  }
  void add(std::uint64_t number) {
    update(store, account(number), [](AccountRecord& record) { ++record.dismissed; });
  }
  [[nodiscard]] std::uint32_t value(std::uint64_t number) const {
    const auto record = store.find(account(number));
    return record ? record->dismissed : 0;
  }
  void give_standing(std::uint64_t number, Level level) {
    update(store, account(number), [&](AccountRecord& record) { record.standing.level = level; });
  }
  [[nodiscard]] Level level(std::uint64_t number) const {
    return store.find(account(number))->standing.level;
  }
  // Until Redis answers again. One that is still reading its file takes no writes, which only the look sees
  // end.
  void wait_until_it_is_back() {
    const auto is_back = [this] {
      client->look_around();
      return store.refresh();
    };
    for (int i = 0; i < 1'000 && !is_back(); ++i) std::this_thread::sleep_for(10ms);
  }

  std::unique_ptr<RedisClient> client;
  RedisAccountStore store;
};

TEST(RedisAccountStore, ShowsAStepAtOnceOnAnotherNode) {
  const PrivateRedis redis;
  Node one(redis.url());
  Node two(redis.url());
  one.set(1, 7);
  EXPECT_EQ(two.value(1), 7U);
  two.give_standing(1, Level::kSuspended);
  Level seen{};
  update(one.store, account(1), [&](AccountRecord& record) { seen = record.standing.level; });
  EXPECT_EQ(seen, Level::kSuspended);
  EXPECT_EQ(one.store.health().conflicts, 1U);
}

TEST(RedisAccountStore, NeedsOneRoundTripWhenNobodyInterfered) {
  const PrivateRedis redis;
  Node node(redis.url());
  node.add(1);
  const auto commands = [&] {
    const auto info = ask(*node.client, {"INFO", "stats"});
    return std::stoul(info->text.substr(info->text.find("total_commands_processed:") + 25));
  };
  const auto before = commands();
  for (int i = 0; i < 10; ++i) node.add(1);
  // EVALSHA and the two commands within it; and INFO.
  EXPECT_EQ(commands() - before, 10U * 3 + 1);
  EXPECT_EQ(node.value(1), 11U);
}

TEST(RedisAccountStore, LosesNoStepWhenNodesUpdateTheSameAccountsAtRandom) {
  const PrivateRedis redis;
  constexpr int kSteps = 600;
  std::vector<std::thread> threads;
  Node one(redis.url());
  Node two(redis.url());
  for (Node* node : {&one, &two}) {
    for (unsigned seed = 0; seed < 2; ++seed) {
      threads.emplace_back([node, seed] {
        std::minstd_rand random(seed + 1);
        for (int i = 0; i < kSteps; ++i) node->add(random() % 2);
      });
    }
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(one.value(0) + one.value(1), 4U * kSteps);
  EXPECT_EQ(two.value(0) + two.value(1), 4U * kSteps);
  EXPECT_GT(one.store.health().conflicts + two.store.health().conflicts, 0U);
  ASSERT_TRUE(one.store.refresh());
  EXPECT_EQ(one.store.size(), 2U);
}

TEST(RedisAccountStore, CountsTheAccountsOfAllNodes) {
  const PrivateRedis redis;
  Node one(redis.url());
  Node two(redis.url());
  for (std::uint64_t i = 0; i < 5; ++i) one.set(i, 1);
  for (std::uint64_t i = 0; i < 9; ++i)
    update(two.store, account(i), [](AccountRecord& record) { record.profile.first_seen = 9; });
  ASSERT_TRUE(one.store.refresh());
  EXPECT_EQ(one.store.size(), 9U);
  EXPECT_EQ(one.store.active(), 9U);
  const Node third(redis.url());
  EXPECT_EQ(third.store.size(), 9U);
}

TEST(RedisAccountStore, JudgesInMemoryWhileRedisIsDownAndDropsThatAfterwards) {
  PrivateRedis redis({"--appendonly", "yes", "--appendfsync", "always"});
  Node node(redis.url());
  node.set(1, 7);
  node.set(2, 1);
  redis.kill();
  node.add(1);
  node.add(1);
  EXPECT_EQ(node.value(1), 9U);
  node.give_standing(2, Level::kHeld);
  node.set(3, 5);
  EXPECT_GE(node.store.health().alone, 4U);
  redis.start();
  node.wait_until_it_is_back();
  node.add(1);
  EXPECT_EQ(node.value(1), 8U);
  EXPECT_EQ(node.level(2), Level::kHeld);
  node.add(3);
  EXPECT_EQ(node.value(3), 6U);
  EXPECT_EQ(Node(redis.url()).value(1), 8U);
}

TEST(RedisAccountStore, KeepsTheMoreSevereStandingAfterAnOutage) {
  const PrivateRedis redis;
  Node cut_off(redis.url(), 2s);
  Node other(redis.url());
  for (const std::uint64_t number : {1U, 2U}) other.set(number, 1);
  for (const std::uint64_t number : {1U, 2U}) EXPECT_EQ(cut_off.value(number), 1U);
  redis.pause();
  cut_off.give_standing(1, Level::kSuspended);
  cut_off.give_standing(2, Level::kSlowed);
  redis.resume();
  other.give_standing(1, Level::kHeld);
  other.give_standing(2, Level::kSuspended);
  cut_off.wait_until_it_is_back();
  for (const std::uint64_t number : {1U, 2U}) {
    cut_off.add(number);
    EXPECT_EQ(cut_off.level(number), Level::kSuspended);
    EXPECT_EQ(other.level(number), Level::kSuspended);
  }
}

// A node that decided something while Redis was down, and another one; Redis is there again, with all it had.
class AfterAnOutage : public ::testing::Test {
 protected:
  void SetUp() override {
    node.set(1, 7);
    redis.kill();
    for (const std::uint64_t number : {1U, 2U}) node.give_standing(number, Level::kHeld);
    redis.start();
    for (Node* const each : {&node, &other}) each->wait_until_it_is_back();
  }

  PrivateRedis redis{{"--appendonly", "yes", "--appendfsync", "always"}};
  Node node{redis.url()};
  Node other{redis.url()};
};

TEST_F(AfterAnOutage, AStandingHoldsHoweverOftenItIsLookedUp) {
  for (const std::uint64_t number : {1U, 2U}) {
    for (int looks = 0; looks < 3; ++looks) EXPECT_EQ(node.level(number), Level::kHeld) << number;
    node.add(number);
    EXPECT_EQ(other.level(number), Level::kHeld) << number;
  }
}

TEST_F(AfterAnOutage, AStandingHoldsThoughAnotherNodeWritesAtTheSameTime) {
  for (const std::uint64_t number : {1U, 2U}) {
    bool has_interfered = false;
    update(node.store, account(number), [&](AccountRecord& record) {
      if (!std::exchange(has_interfered, true)) other.add(number);
      ++record.dismissed;
    });
    EXPECT_EQ(other.level(number), Level::kHeld) << number;
  }
  EXPECT_EQ(other.value(1), 9U);
}

TEST_F(AfterAnOutage, AStandingThatIsInRedisMayBeLiftedByOthers) {
  node.add(1);
  other.give_standing(1, Level::kClear);
  EXPECT_EQ(node.level(1), Level::kClear);
}

TEST_F(AfterAnOutage, AStandingIsToldWhileAStepIsUnderWay) {
  std::future<Level> found;
  update(node.store, account(1), [&](AccountRecord&) {
    found = std::async(std::launch::async, [&] { return node.level(1); });
    EXPECT_EQ(found.wait_for(10s), std::future_status::ready);
  });
  EXPECT_EQ(found.get(), Level::kHeld);
}

TEST(RedisAccountStore, LosesNoCopyToAStepThatThrows) {
  PrivateRedis redis;
  Node node(redis.url());
  node.set(1, 7);
  redis.kill();
  node.give_standing(1, Level::kHeld);
  const auto throws = [&] {
    update(node.store, account(1), [](AccountRecord&) { throw std::runtime_error("a bug"); });
  };
  EXPECT_THROW(throws(), std::runtime_error);
  EXPECT_EQ(node.level(1), Level::kHeld);
  EXPECT_EQ(node.value(1), 7U);
}

TEST(RedisAccountStore, ForgetsNoStandingOfAnOutageBecauseSomebodyLooked) {
  const PrivateRedis redis;
  Node cut_off(redis.url(), 2s);
  Node other(redis.url());
  other.set(1, 1);
  EXPECT_EQ(cut_off.value(1), 1U);
  redis.pause();
  cut_off.give_standing(1, Level::kSuspended);
  redis.resume();
  cut_off.wait_until_it_is_back();
  EXPECT_EQ(cut_off.level(1), Level::kSuspended);
  other.add(1);
  cut_off.add(1);
  EXPECT_EQ(cut_off.level(1), Level::kSuspended);
  EXPECT_EQ(other.level(1), Level::kSuspended);
  EXPECT_EQ(other.value(1), 3U);
}

TEST(RedisAccountStore, LearnsInMemoryWhileRedisTakesNoWrites) {
  const PrivateRedis redis;
  Node node(redis.url());
  node.set(1, 7);
  ASSERT_TRUE(ask(*node.client, {"CONFIG", "SET", "maxmemory", "1"}));
  for (int i = 0; i < 3; ++i) node.add(1);
  node.give_standing(1, Level::kHeld);
  EXPECT_EQ(node.value(1), 10U);
  EXPECT_EQ(node.level(1), Level::kHeld);
  node.client->look_around();
  EXPECT_FALSE(node.client->health().is_up);
  EXPECT_NE(node.client->health().last_fault.find("OOM"), std::string::npos);
  ASSERT_TRUE(ask(*node.client, {"CONFIG", "SET", "maxmemory", "0"}));
  node.client->look_around();
  EXPECT_TRUE(node.client->health().is_up);
  node.add(1);
  EXPECT_EQ(Node(redis.url()).value(1), 8U) << "what was learned meanwhile is dropped";
  EXPECT_EQ(Node(redis.url()).level(1), Level::kHeld);
}

TEST(RedisAccountStore, GivesBackWhatARedisWithoutPersistenceLost) {
  PrivateRedis redis;
  Node node(redis.url());
  for (int i = 0; i < 3; ++i) node.add(1);
  node.give_standing(1, Level::kHeld);
  redis.kill();
  redis.start();
  node.wait_until_it_is_back();
  for (int looks = 0; looks < 3; ++looks) EXPECT_EQ(node.level(1), Level::kHeld);
  node.add(1);
  EXPECT_EQ(node.value(1), 4U);
  Node other(redis.url());
  EXPECT_EQ(other.value(1), 4U);
  EXPECT_EQ(other.level(1), Level::kHeld);
  EXPECT_EQ(node.store.size(), 1U);
}

TEST(RedisAccountStore, JudgesAnAccountAsNewWhoseRecordIsDamagedAndKeepsItAside) {
  const PrivateRedis redis;
  Node node(redis.url());
  const std::string key = redis_keys::record(account(1));
  for (const std::string& damaged :
       {std::string("x"), std::string("12345678"), "12345678" + std::string(50, 'x')}) {
    ASSERT_TRUE(ask(*node.client, {"SET", key, damaged}));
    Node fresh(redis.url());
    update(fresh.store, account(1), [](AccountRecord& record) { EXPECT_TRUE(record == AccountRecord{}); });
    EXPECT_EQ(fresh.store.health().corrupt, 1U);
    EXPECT_NE(fresh.store.health().last_fault.find(key), std::string::npos);
    EXPECT_EQ(ask(*node.client, {"GET", redis_keys::corrupt_record(account(1))})->text, damaged);
    fresh.set(1, 7);
    EXPECT_EQ(Node(redis.url()).value(1), 7U);
  }
}

// What a broken disk or a person makes of it.
void damage(Node& node, std::uint64_t number) {
  const std::string key = redis_keys::record(account(number));
  std::string value = ask(*node.client, {"GET", key})->text;
  value.back() = static_cast<char>(value.back() ^ 1);
  ASSERT_TRUE(ask(*node.client, {"SET", key, value}));
}

TEST(RedisAccountStore, KeepsItsCopyWhenTheRecordIsDamaged) {
  const PrivateRedis redis;
  Node node(redis.url());
  node.set(1, 7);
  node.give_standing(1, Level::kSuspended);
  damage(node, 1);
  for (int looks = 0; looks < 3; ++looks) EXPECT_EQ(node.level(1), Level::kSuspended);
  EXPECT_EQ(node.store.health().corrupt, 1U);
  node.add(1);
  const Node other(redis.url());
  EXPECT_EQ(other.level(1), Level::kSuspended);
  EXPECT_EQ(other.value(1), 8U);
}

TEST(RedisAccountStore, PutsItsCopysStandingIntoARecordThatAnotherNodeBeganAnew) {
  const PrivateRedis redis;
  Node node(redis.url());
  node.give_standing(1, Level::kSuspended);
  damage(node, 1);
  EXPECT_EQ(node.level(1), Level::kSuspended);
  Node other(redis.url());
  other.set(1, 1);
  node.add(1);
  EXPECT_EQ(other.level(1), Level::kSuspended);
  EXPECT_EQ(other.value(1), 2U);
}

TEST(RedisAccountStore, RunsAStepOnceOnItsCopyOfARecordThatIsDamagedMeanwhile) {
  const PrivateRedis redis;
  Node node(redis.url());
  node.set(1, 7);
  ASSERT_TRUE(ask(*node.client, {"SET", redis_keys::record(account(1)), "other bytes"}));
  node.add(1);
  EXPECT_EQ(Node(redis.url()).value(1), 8U);
}

TEST(RedisAccountStore, ForgetsAnAccountOnAllNodes) {
  const PrivateRedis redis;
  Node one(redis.url());
  Node two(redis.url());
  one.give_standing(1, Level::kSuspended);
  two.set(1, 7);
  ASSERT_TRUE(ask(*one.client, {"SET", redis_keys::corrupt_record(account(1)), "what it was"}));
  ASSERT_TRUE(one.store.forget(account(1)));
  EXPECT_EQ(one.level(1), Level::kClear);
  two.add(1);
  EXPECT_EQ(one.value(1), 1U);
  EXPECT_TRUE(ask(*one.client, {"GET", redis_keys::corrupt_record(account(1))})->is_nil());
  ASSERT_TRUE(one.store.refresh());
  EXPECT_EQ(one.store.size(), 1U);
}

TEST(RedisAccountStore, ForgetsNothingWhileRedisIsAwayAndSaysSo) {
  PrivateRedis redis({"--appendonly", "yes", "--appendfsync", "always"});
  Node node(redis.url());
  node.set(1, 7);
  redis.kill();
  const Result<void> forgotten = node.store.forget(account(1));
  ASSERT_FALSE(forgotten);
  EXPECT_EQ(forgotten.error().code, ErrorCode::kUnavailable);
  EXPECT_EQ(node.value(1), 7U);
  redis.start();
  node.wait_until_it_is_back();
  EXPECT_TRUE(node.store.forget(account(1)));
  EXPECT_EQ(node.value(1), 0U);
}

TEST(RedisAccountStore, GivesNothingBackOfWhatWasForgottenElsewhere) {
  PrivateRedis redis;
  Node node(redis.url());
  node.give_standing(1, Level::kSuspended);
  redis.kill();
  redis.start();
  node.wait_until_it_is_back();
  node.store.forget_here(account(1));
  EXPECT_FALSE(node.store.find(account(1)));
}

TEST(RedisAccountStore, LeavesARecordAloneThatANewerVersionWrote) {
  const PrivateRedis redis;
  Node node(redis.url());
  const std::string key = redis_keys::record(account(1));
  std::string newer;
  FieldWriter writer({.name = "a record", .letters = {'P', 'R'}, .version = kRecordFormat + 1}, newer);
  writer(std::uint32_t{7});
  writer.finish();
  newer = "12345678" + newer;
  ASSERT_TRUE(ask(*node.client, {"SET", key, newer}));
  node.add(1);
  node.add(1);
  std::uint32_t value = 0;
  update(node.store, account(1), [&](AccountRecord& record) { value = record.dismissed; });
  EXPECT_EQ(value, 2U);
  EXPECT_EQ(ask(*node.client, {"GET", key})->text, newer);
  EXPECT_NE(node.store.health().last_fault.find("newer"), std::string::npos)
      << node.store.health().last_fault;
}

TEST(RedisAccountStore, StaysWithinItsMemoryAndNeverGivesUpAStanding) {
  const PrivateRedis redis;
  const auto client = client_of(redis.url());
  RedisAccountStore store(*client, {.memory_bytes = 64 * 3'000});
  update(store, account(5), [](AccountRecord& record) { record.standing.level = Level::kHeld; });
  for (std::uint64_t i = 100; i < 900; ++i) update(store, account(i), [](AccountRecord&) {});
  EXPECT_GT(store.health().evicted, 400U);
  EXPECT_LE(store.health().memory_bytes, 64U * 4'500);
  update(store, account(5), [](AccountRecord& record) { EXPECT_EQ(record.standing.level, Level::kHeld); });
}

TEST(RedisAccountStore, KeepsRecordsOnAClusterAndServesTheRestWhenAMasterIsKilled) {
  PrivateCluster cluster;
  Node one(cluster.url(), 1s);
  Node two(cluster.node(1).url(), 1s);
  for (std::uint64_t i = 0; i < 60; ++i) (i % 2 == 0 ? one : two).set(i, 1);
  for (std::uint64_t i = 0; i < 60; ++i) two.add(i);
  for (std::uint64_t i = 0; i < 60; ++i) ASSERT_EQ(one.value(i), 2U);
  cluster.node(2).kill();
  const std::uint64_t before = one.store.health().alone;
  for (std::uint64_t i = 0; i < 60; ++i) one.add(i);
  const std::uint64_t alone = one.store.health().alone - before;
  EXPECT_GT(alone, 0U);
  EXPECT_LT(alone, 40U);
  std::uint64_t sum = 0;
  for (std::uint64_t i = 0; i < 60; ++i) sum += one.value(i);
  EXPECT_EQ(sum, 180U);
}

TEST(RedisAccountStore, NeedsTheRightsThatTheManualNamesAndNoMore) {
  const PrivateRedis redis({"--user", "guard", "on", ">secret", "~pr:*", "+@read", "+@write", "+@scripting",
                            "+@connection", "+cluster|slots"});
  const auto client =
      client_of("redis://guard@127.0.0.1:" + std::to_string(redis.port()), {.password = "secret"});
  ASSERT_TRUE(claim_redis(*client, {1, 2}));
  RedisAccountStore store(*client);
  update(store, account(1), [](AccountRecord& record) { record.dismissed = 7; });
  EXPECT_EQ(store.health().alone, 0U);
  EXPECT_EQ(store.find(account(1))->dismissed, 7U);
  EXPECT_TRUE(store.refresh());
  RedisSharedCounters counters(*client);
  const Timestamp time{std::chrono::hours{1}};
  const std::function<void()> uses[] = {
      [&] { counters.add_login(1, 2, false, time); }, [&] { counters.add_delivery(1, true, time); },
      [&] { counters.use(1, std::chrono::hours{1}, time, 1); }, [&] { counters.add_restriction(time); },
      [&] { counters.add_country({1, 2}, 3); }};
  const auto everybody = client_of(redis.url());
  const auto count = [&] { return ask(*everybody, {"DBSIZE"})->number(); };
  for (const auto& use : uses) {
    const std::int64_t before = count();
    use();
    EXPECT_GT(count(), before);
  }
  EXPECT_TRUE(counters.refresh(time));
  client->look_around();
  EXPECT_TRUE(client->health().is_up) << client->health().last_fault;
}

}  // namespace
}  // namespace postreeve
