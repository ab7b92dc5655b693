#include "store/redis/redis_shared_counters.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <thread>

#include "base/keyed_hash.h"
#include "redis/redis_testing.h"

namespace postreeve {
namespace {

using namespace std::chrono_literals;

constexpr Timestamp kNow{std::chrono::sys_days{std::chrono::year{2026} / 6 / 1} + 12h};
constexpr TraitUser kAda{.account = 1, .tenant = 10};
constexpr TraitUser kEve{.account = 3, .tenant = 30};
constexpr TraitKey kPlace{.trait = Trait::kNetwork, .value = 77};

struct Node {
  explicit Node(const std::string& url) : client(client_of(url)), counters(*client) {}

  std::unique_ptr<RedisClient> client;
  RedisSharedCounters counters;
};

TEST(RedisSharedCounters, AddUpWhatAllNodesCount) {
  const PrivateRedis redis;
  Node one(redis.url());
  Node two(redis.url());
  const std::uint64_t key = mix64(5);
  for (Node* node : {&one, &two}) {
    node->counters.add_login(key, mix64(1), false, kNow);
    node->counters.add_delivery(key, true, kNow);
    node->counters.use(key, 1h, kNow, 3);
    node->counters.add_restriction(kNow);
    node->counters.add_country({.account = 1, .tenant = 2}, 'D' << 8U | 'E');
  }
  ASSERT_TRUE(one.counters.refresh(kNow));
  EXPECT_NEAR(one.counters.add_login(key, mix64(1), true, kNow).failures, 2, 1e-4);
  EXPECT_EQ(one.counters.add_delivery(key, true, kNow).refused, 2);
  EXPECT_EQ(one.counters.used(key, 1h, kNow), 6U);
  EXPECT_EQ(one.counters.restrictions(kNow), 2U);
  EXPECT_EQ(one.counters.look_country({.account = 1, .tenant = 2}, 'D' << 8U | 'E').all, 2U);
}

// "*2\r\n$3\r\nGET\r\n$1\r\na\r\n" and what follows: the size of the first one.
std::size_t first_command(const std::string& text) {
  std::size_t end = text.find('\n') + 1;
  for (int left = std::stoi(text.substr(1)); left > 0; --left) {
    const auto size = static_cast<std::size_t>(std::stoi(text.substr(end + 1)));
    end = text.find('\n', end) + 1 + size + 2;
  }
  return end;
}

bool pass_one(int client, int server) {
  const std::string asked = Impostor::received(client);
  if (asked.empty()) return false;
  const std::size_t size = first_command(asked);
  Impostor::send_to(server, asked.substr(0, size));
  Impostor::send_to(client, Impostor::received(server));
  return size == asked.size();
}

// Passes commands on, and their answers back; of several that come at once the first, and then it breaks the
// connection.
void pass_until_several_come(int client, std::uint16_t target) {
  const int server = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const sockaddr_in address = loopback_at(target);
  EXPECT_EQ(connect(server, reinterpret_cast<const sockaddr*>(&address), sizeof address), 0);
  while (pass_one(client, server)) {
  }
  close(server);
}

TEST(RedisSharedCounters, LeaveNothingForEverWhenAConnectionBreaks) {
  const PrivateRedis redis;
  Node whole(redis.url());
  const Impostor breaker([&](int client) { pass_until_several_come(client, redis.port()); });
  Node broken(breaker.url());
  const auto count = [](Node& node, std::uint64_t key) {
    node.counters.use(key, 1h, kNow, 3);
    node.counters.add_delivery(key, true, kNow);
    node.counters.add_restriction(kNow);
    node.counters.add_login(key, mix64(1), false, kNow);
  };
  count(whole, mix64(1));  // the server knows the scripts from now on
  ASSERT_TRUE(ask(*whole.client, {"FLUSHALL"}));
  count(broken, mix64(2));
  int keys = 0;
  ASSERT_TRUE(whole.client->each_key("*", [&](std::vector<std::string>& some) -> Result<void> {
    for (const std::string& key : some) EXPECT_GT(ask(*whole.client, {"PTTL", key})->number(), 0) << key;
    keys += static_cast<int>(some.size());
    return {};
  }));
  EXPECT_GE(keys, 4);
}

TEST(RedisSharedCounters, LoseNobodyWhenNodesTellOfOneTraitAtTheSameTime) {
  const PrivateRedis redis;
  Node one(redis.url());
  Node two(redis.url());
  std::vector<std::thread> threads;
  for (std::uint32_t i = 0; i < 2; ++i) {
    threads.emplace_back([&, i] {
      for (std::uint32_t n = 0; n < 2; ++n) {
        const TraitUser user{.account = 100 + 2 * i + n, .tenant = 7};
        (i == 0 ? one : two).counters.add_honest(kPlace, user, kNow);
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(one.counters.look(kPlace, kEve, kNow).honest, 4U);
}

TEST(RedisSharedCounters, ForgetByThemselvesWhatAttackersChoose) {
  const PrivateRedis redis;
  Node node(redis.url());
  node.counters.add_login(mix64(5), mix64(1), false, kNow);
  node.counters.add_delivery(mix64(6), true, kNow);
  node.counters.use(mix64(7), 1h, kNow, 1);
  node.counters.add_restriction(kNow);
  node.counters.accuse(kPlace, kAda, kNow, 1);
  const auto keys = ask(*node.client, {"KEYS", "*"});
  ASSERT_GE(keys->items.size(), 6U);
  for (const RespValue& key : keys->items)
    EXPECT_GT(ask(*node.client, {"TTL", key.text})->number(), 0) << key.text;
}

TEST(RedisSharedCounters, GoByTheirOwnCountsWhileRedisIsDown) {
  PrivateRedis redis;
  Node node(redis.url());
  const std::uint64_t key = mix64(5);
  node.counters.use(key, 1h, kNow, 2);
  node.counters.accuse(kPlace, kAda, kNow, 1);
  redis.kill();
  node.counters.use(key, 1h, kNow, 1);
  node.counters.add_login(key, mix64(1), false, kNow);
  node.counters.add_restriction(kNow);
  EXPECT_EQ(node.counters.used(key, 1h, kNow), 3U);
  EXPECT_NEAR(node.counters.add_login(key, mix64(1), true, kNow).failures, 1, 1e-4);
  EXPECT_EQ(node.counters.look(kPlace, kEve, kNow).victims, 1U);
  EXPECT_FALSE(node.counters.refresh(kNow));
  EXPECT_EQ(node.counters.restrictions(kNow), 1U);
  EXPECT_EQ(node.counters.add_delivery(key, true, kNow).refused, 0);
}

TEST(RedisSharedCounters, AreEmptyWhereTheirBytesAreDamaged) {
  const PrivateRedis redis;
  Node node(redis.url());
  node.counters.add_honest(kPlace, kAda, kNow);
  ASSERT_TRUE(ask(*node.client, {"SET", "pr:{t1.77}", "12345678nonsense"}));
  EXPECT_EQ(node.counters.look(kPlace, kEve, kNow).honest, 0U);
  node.counters.add_honest(kPlace, kAda, kNow);
  EXPECT_EQ(node.counters.look(kPlace, kEve, kNow).honest, 1U);
}

TEST(RedisSharedCounters, WorkOnACluster) {
  PrivateCluster cluster;
  Node node(cluster.url());
  for (std::uint64_t i = 1; i < 20; ++i) {
    node.counters.add_login(mix64(i), mix64(1), false, kNow);
    node.counters.use(mix64(i), 1h, kNow, 1);
    EXPECT_NEAR(node.counters.add_login(mix64(i), mix64(1), true, kNow).failures, 1, 1e-4);
    EXPECT_EQ(node.counters.used(mix64(i), 1h, kNow), 1U);
  }
  EXPECT_EQ(node.client->health().faults, 0U);
}

}  // namespace
}  // namespace postreeve
