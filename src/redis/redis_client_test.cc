#include "redis/redis_client.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <set>
#include <thread>

#include "redis/redis_testing.h"

namespace postreeve {
namespace {

using namespace std::chrono_literals;

std::string text_of(const Result<RespValue>& answer) {
  return answer ? answer->text : "error: " + answer.error().detail;
}

TEST(RedisClient, AsksAndIsAnswered) {
  const PrivateRedis redis;
  const auto client = client_of(redis.url());
  EXPECT_EQ(text_of(ask(*client, {"SET", "a", "1"})), "OK");
  EXPECT_EQ(text_of(ask(*client, {"GET", "a"})), "1");
  EXPECT_FALSE(client->health().is_cluster);
  EXPECT_TRUE(client->health().is_up);
}

TEST(RedisClient, AnswersAPipelineInItsOrder) {
  const PrivateRedis redis;
  const auto client = client_of(redis.url());
  const RedisCommand commands[] = {
      {"n", {"INCR", "n"}}, {"n", {"LPUSH", "n", "x"}}, {"n", {"INCR", "n"}}, {"m", {"GET", "m"}}};
  const auto answers = client->ask_all(commands);
  EXPECT_EQ(answers[0]->number(), 1);
  ASSERT_FALSE(answers[1]);
  EXPECT_EQ(answers[1].error().code, ErrorCode::kInvalidInput);
  EXPECT_NE(answers[1].error().detail.find("WRONGTYPE"), std::string::npos);
  EXPECT_EQ(answers[2]->number(), 2);
  EXPECT_TRUE(answers[3]->is_nil());
}

TEST(RedisClient, SendsAScriptAgainThatTheServerHasForgotten) {
  const PrivateRedis redis;
  const auto client = client_of(redis.url());
  const RedisScript script("return redis.call('INCRBY', KEYS[1], ARGV[1])");
  const std::string_view keys[] = {"n"};
  const std::string_view arguments[] = {"5"};
  for (int round = 1; round <= 3; ++round) {
    EXPECT_EQ(client->run(script, keys, arguments)->number(), 10 * round - 5);
    EXPECT_EQ(client->run(script, keys, arguments)->number(), 10 * round);
    EXPECT_TRUE(ask(*client, {"SCRIPT", "FLUSH"}));
  }
}

TEST(RedisClient, KeepsItsTimeLimitWhateverTheServerDoes) {
  const PrivateRedis redis;
  const auto client = client_of(redis.url(), {.time_limit = 100ms});
  bool is_there = false;
  for (int i = 0; i < 500 && !is_there; ++i) {
    is_there = ask(*client, {"SET", "a", "1"}).has_value();
    if (!is_there) std::this_thread::sleep_for(10ms);
  }
  ASSERT_TRUE(is_there);
  redis.pause();
  const auto start = std::chrono::steady_clock::now();
  const auto answer = ask(*client, {"GET", "a"});
  const auto took = std::chrono::steady_clock::now() - start;
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().code, ErrorCode::kUnavailable);
  EXPECT_GE(took, 90ms);
  EXPECT_LT(took, 2s);
  EXPECT_FALSE(client->health().is_up);
  redis.resume();
}

TEST(RedisNode, IsNotTakenForDownByWhoeverHasNoTimeLeft) {
  const PrivateRedis redis;
  RedisNode node({.host = "127.0.0.1", .port = redis.port()}, {});
  const RedisCommand question("a", {"SET", "a", "1"});
  const auto answers = node.ask(question.wire(), 1, std::chrono::steady_clock::now() - 1ms);
  ASSERT_FALSE(answers);
  EXPECT_EQ(answers.error().code, ErrorCode::kUnavailable);
  EXPECT_TRUE(node.health().is_up);
  EXPECT_EQ(node.health().faults, 0U);
  EXPECT_EQ(node.health().breaks, 0U);
  EXPECT_TRUE(ask(*client_of(redis.url()), {"GET", "a"})->is_nil()) << "nothing was sent";
}

TEST(RedisClient, LeavesAServerThatIsDownAloneForAWhile) {
  PrivateRedis redis;
  const auto client = client_of(redis.url());
  ASSERT_TRUE(ask(*client, {"SET", "a", "1"}));
  redis.kill();
  for (int i = 0; i < 1'000; ++i) EXPECT_FALSE(ask(*client, {"GET", "a"}));
  EXPECT_LT(client->health().faults, 100U);
  redis.start();
  bool is_back = false;
  for (int i = 0; i < 1'000 && !is_back; ++i) {
    is_back = ask(*client, {"GET", "a"}).has_value();
    if (!is_back) std::this_thread::sleep_for(10ms);
  }
  EXPECT_TRUE(is_back);
  EXPECT_TRUE(client->health().is_up);
}

TEST(RedisClient, NoticesNothingWhenTheServerClosesSilentConnections) {
  const PrivateRedis redis;
  const auto client = client_of(redis.url());
  ASSERT_TRUE(ask(*client, {"SET", "a", "1"}));
  const auto other = client_of(redis.url());
  ASSERT_TRUE(ask(*other, {"CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes"}));
  EXPECT_EQ(text_of(ask(*client, {"GET", "a"})), "1");
  EXPECT_EQ(client->health().faults, 0U);
}

TEST(RedisClient, SendsNothingTwice) {
  std::atomic<int> increments{0};
  // Ends each connection after its second request, without an answer to that.
  const Impostor server([&](int connection) {
    for (int request = 0; request < 2; ++request) {
      if (Impostor::received(connection).contains("INCR")) ++increments;
      if (request == 0) Impostor::send_to(connection, "-ERR no\r\n");  // it is no cluster
    }
  });
  const auto client = client_of(server.url());
  const auto answer = ask(*client, {"INCR", "n"});
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().code, ErrorCode::kUnavailable);
  EXPECT_EQ(increments, 1);
  EXPECT_EQ(client->health().breaks, 1U);
}

TEST(RedisClient, SaysThatTheServerWasGoneForAMoment) {
  PrivateRedis redis;
  const auto client = client_of(redis.url());
  ASSERT_TRUE(ask(*client, {"SET", "a", "1"}));
  EXPECT_EQ(client->health().breaks, 0U);
  redis.kill();
  redis.start();
  EXPECT_TRUE(ask(*client, {"GET", "a"}));
  EXPECT_TRUE(client->health().is_up);
  EXPECT_EQ(client->health().faults, 0U);
  EXPECT_EQ(client->health().breaks, 1U);
}

TEST(RedisClient, ServesManyThreadsAtOnce) {
  const PrivateRedis redis;
  const auto client = client_of(redis.url());
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&] {
      for (int i = 0; i < 250; ++i) EXPECT_TRUE(ask(*client, {"INCR", "n"}));
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(text_of(ask(*client, {"GET", "n"})), "1000");
  EXPECT_LE(client->health().connects, 5U);
}

TEST(RedisClient, IsLetInWithItsPasswordOnly) {
  const PrivateRedis redis({"--requirepass", "secret", "--user", "guard", "on", ">other", "~*", "+@all"});
  EXPECT_EQ(text_of(ask(*client_of(redis.url(), {.password = "secret"}), {"SET", "a", "1"})), "OK");
  const std::string as_guard = "redis://guard@127.0.0.1:" + std::to_string(redis.port());
  EXPECT_EQ(text_of(ask(*client_of(as_guard, {.password = "other"}), {"GET", "a"})), "1");
  for (const char* password : {"", "wrong"}) {
    const auto refused = ask(*client_of(redis.url(), {.password = password}), {"GET", "a"});
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, ErrorCode::kUnavailable);
    EXPECT_EQ(refused.error().detail.find("wrong"), std::string::npos) << refused.error().detail;
  }
}

TEST(RedisClient, EndsWithTheFirstErrorOfWhoeverIsToldKeys) {
  const PrivateRedis redis;
  const auto client = client_of(redis.url());
  for (int i = 0; i < 3'000; ++i) ASSERT_TRUE(ask(*client, {"SET", "k" + std::to_string(i), "1"}));
  int told = 0;
  const auto named = client->each_key("*", [&](std::vector<std::string>&) -> Result<void> {
    ++told;
    return fail(ErrorCode::kConflict, "enough");
  });
  ASSERT_FALSE(named);
  EXPECT_EQ(named.error().detail, "enough");
  EXPECT_EQ(told, 1);
}

TEST(RedisClient, UsesTheDatabaseOfItsUrl) {
  const PrivateRedis redis;
  ASSERT_TRUE(ask(*client_of(redis.url() + "/3"), {"SET", "a", "1"}));
  EXPECT_TRUE(ask(*client_of(redis.url()), {"GET", "a"})->is_nil());
  EXPECT_EQ(text_of(ask(*client_of(redis.url() + "/3"), {"GET", "a"})), "1");
}

class OverTls : public testing::Test {
 protected:
  void SetUp() override {
    const std::string subject = " -days 2 -nodes -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -x509";
    ASSERT_TRUE(run_command("openssl req -subj /CN=redis -addext subjectAltName=IP:127.0.0.1 -keyout " +
                            key() + " -out " + certificate() + subject));
  }
  [[nodiscard]] std::string key() const { return folder_.folder() / "key.pem"; }
  [[nodiscard]] std::string certificate() const { return folder_.folder() / "certificate.pem"; }

  PrivateRedis folder_;
};

TEST_F(OverTls, TalksToAServerThatItTrusts) {
  const std::string tls_port = std::to_string(free_port());
  const PrivateRedis redis({"--tls-port", tls_port, "--tls-cert-file", certificate(), "--tls-key-file", key(),
                            "--tls-ca-cert-file", certificate(), "--tls-auth-clients", "no"});
  const auto client = client_of("rediss://127.0.0.1:" + tls_port, {.ca_file = certificate()});
  const std::string large(300'000, 'x');
  EXPECT_EQ(text_of(ask(*client, {"SET", "a", large})), "OK");
  EXPECT_EQ(text_of(ask(*client, {"GET", "a"})), large);

  const auto stranger = ask(*client_of("rediss://127.0.0.1:" + tls_port), {"GET", "a"});
  ASSERT_FALSE(stranger);
  EXPECT_NE(stranger.error().detail.find("certificate"), std::string::npos) << stranger.error().detail;
  const auto other_name =
      ask(*client_of("rediss://localhost:" + tls_port, {.ca_file = certificate()}), {"GET", "a"});
  ASSERT_FALSE(other_name);
  EXPECT_NE(other_name.error().detail.find("mismatch"), std::string::npos) << other_name.error().detail;
}

TEST_F(OverTls, RefusesACertificateFileThatIsNone) {
  const auto client =
      RedisClient::make({.address = *RedisAddress::parse("rediss://127.0.0.1"), .ca_file = "/none"});
  ASSERT_FALSE(client);
  EXPECT_NE(client.error().detail.find("/none"), std::string::npos);
}

// One key of each of so many slots.
std::vector<std::string> keys(int count) {
  std::vector<std::string> keys;
  keys.reserve(static_cast<std::size_t>(count));
  for (int i = 0; i < count; ++i) keys.push_back("k" + std::to_string(i));
  return keys;
}

TEST(RedisCluster, IsFoundOutFromAnyOfItsNodes) {
  PrivateCluster cluster;
  const auto client = client_of(cluster.node(1).url());
  std::vector<RedisCommand> commands;
  const std::vector<std::string> names = keys(200);
  for (const std::string& key : names) commands.push_back({key, {"INCR", key}});
  for (const auto& answer : client->ask_all(commands)) EXPECT_EQ(answer ? answer->number() : -1, 1);
  EXPECT_TRUE(client->health().is_cluster);
  EXPECT_EQ(client->health().nodes, 3U);
  EXPECT_EQ(client->health().redirections, 0U);
}

TEST(RedisCluster, LetsInWithItsPasswordOnly) {
  const PrivateCluster cluster(3, "secret");
  const auto client = client_of(cluster.url(), {.password = "secret"});
  for (const std::string& key : keys(200)) EXPECT_EQ(text_of(ask(*client, {"SET", key, "1"})), "OK");
  EXPECT_EQ(client->health().nodes, 3U);
  EXPECT_EQ(client->health().faults, 0U);
  const auto refused = ask(*client_of(cluster.url(), {.password = "wrong"}), {"GET", "k0"});
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::kUnavailable);
}

TEST(RedisCluster, NamesTheKeysOfAllItsNodes) {
  PrivateCluster cluster;
  const auto client = client_of(cluster.url());
  const std::vector<std::string> names = keys(1'500);
  for (const std::string& key : names) ASSERT_TRUE(ask(*client, {"SET", key, "1"}));
  ASSERT_TRUE(ask(*client, {"SET", "other", "1"}));
  std::set<std::string> found;
  ASSERT_TRUE(client->each_key("k*", [&](std::vector<std::string>& some) -> Result<void> {
    found.insert(some.begin(), some.end());
    return {};
  }));
  EXPECT_EQ(found, std::set<std::string>(names.begin(), names.end()));
}

TEST(RedisCluster, IsFollowedWhereASlotGoes) {
  PrivateCluster cluster;
  const auto client = client_of(cluster.url());
  const std::string key = "{moving}k";
  ASSERT_TRUE(ask(*client, {"SET", key, "1"}));
  const std::uint16_t slot = cluster_slot_of(key);
  std::size_t from = 0;
  while (ask(*client_of(cluster.node(from).url()), {"GET", key}) &&
         !run_command("redis-cli -p " + std::to_string(cluster.node(from).port()) + " get '" + key +
                      "' | grep -qx 1"))
    ++from;
  const std::size_t to = (from + 1) % cluster.size();
  const auto cli = [&](std::size_t node, const std::string& words) {
    EXPECT_TRUE(run_command("redis-cli -p " + std::to_string(cluster.node(node).port()) + " " + words))
        << words;
  };
  const auto id = [&](std::size_t node) {
    return "$(redis-cli -p " + std::to_string(cluster.node(node).port()) + " cluster myid)";
  };
  const std::string number = std::to_string(slot);
  cli(to, "cluster setslot " + number + " importing " + id(from));
  cli(from, "cluster setslot " + number + " migrating " + id(to));
  // Half way: what has gone is asked for where it goes.
  cli(from, "migrate 127.0.0.1 " + std::to_string(cluster.node(to).port()) + " '" + key + "' 0 1000");
  EXPECT_EQ(text_of(ask(*client, {"GET", key})), "1");
  EXPECT_EQ(client->health().redirections, 1U);
  for (const std::size_t node : {to, from}) cli(node, "cluster setslot " + number + " node " + id(to));
  EXPECT_EQ(text_of(ask(*client, {"GET", key})), "1");
  EXPECT_EQ(client->health().redirections, 2U);
  EXPECT_EQ(client->health().breaks, 1U);
  EXPECT_EQ(text_of(ask(*client, {"GET", key})), "1");
  EXPECT_EQ(client->health().redirections, 2U);
}

TEST(RedisCluster, IsFoundAgainFromASeedWhenAllItsNodesAreElsewhere) {
  PrivateCluster before;
  PrivateCluster after;
  after.node(0).kill();
  const auto client =
      client_of(after.url() + ",127.0.0.1:" + std::to_string(before.node(0).port()), {.time_limit = 2s});
  ASSERT_TRUE(ask(*client, {"SET", "a", "1"}));
  after.node(0).start();
  for (std::size_t i = 0; i < before.size(); ++i) before.node(i).kill();
  bool is_found = false;
  for (int i = 0; i < 1'000 && !is_found; ++i) {
    client->look_around();
    is_found = ask(*client, {"SET", "a", "2"}).has_value();
    if (!is_found) std::this_thread::sleep_for(10ms);
  }
  EXPECT_TRUE(is_found);
}

TEST(RedisCluster, IsAnsweredByTheOthersWhenAMasterHangs) {
  PrivateCluster cluster;
  const auto client = client_of(cluster.url(), {.time_limit = 2s});
  std::vector<std::string> names = keys(60);
  for (const std::string& key : names) ASSERT_TRUE(ask(*client, {"SET", key, "1"}));
  // The first third of all slots, which are asked first.
  std::ranges::sort(names, {}, [](const std::string& key) { return cluster_slot_of(key); });
  const auto hangs = [](const std::string& key) { return cluster_slot_of(key) <= 5'460; };
  std::vector<RedisCommand> commands;
  for (const std::string& key : names) commands.push_back({key, {"GET", key}});
  cluster.node(0).pause();
  const auto answers = client->ask_all(commands);
  cluster.node(0).resume();
  for (std::size_t i = 0; i < names.size(); ++i)
    EXPECT_EQ(answers[i].has_value(), !hangs(names[i])) << names[i];
  EXPECT_EQ(client->health().faults, 1U);
  EXPECT_EQ(client->health().breaks, 1U);
  EXPECT_EQ(client->health().away, 1U);
}

TEST(RedisCluster, ServesTheOtherSlotsWhenAMasterIsKilled) {
  PrivateCluster cluster;
  const auto client = client_of(cluster.url(), {.time_limit = 2s});
  const std::vector<std::string> names = keys(60);
  for (const std::string& key : names) ASSERT_TRUE(ask(*client, {"SET", key, "1"}));
  cluster.node(2).kill();
  std::size_t answered = 0;
  for (const std::string& key : names) answered += ask(*client, {"GET", key}).has_value() ? 1U : 0U;
  EXPECT_GT(answered, 20U);
  EXPECT_LT(answered, 60U);
  EXPECT_FALSE(client->health().is_up);
}

}  // namespace
}  // namespace postreeve
