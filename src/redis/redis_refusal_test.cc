// Servers that answer, and take no writes.
#include <gtest/gtest.h>

#include <atomic>
#include <functional>
#include <string>
#include <utility>

#include <fmt/format.h>

#include "redis/redis_client.h"
#include "redis/redis_testing.h"

namespace postreeve {
namespace {

// Says so to each request.
std::function<void(int client)> saying(std::function<std::string(std::string_view request)> answer) {
  return [answer = std::move(answer)](int client) {
    for (std::string request = Impostor::received(client); !request.empty();
         request = Impostor::received(client))
      Impostor::send_to(client, answer(request));
  };
}

bool asks_for_slots(std::string_view request) {
  return request.find("SLOTS") != std::string_view::npos;
}

// What CLUSTER SLOTS says when one server has all of them.
std::string all_slots_at(std::uint16_t port) {
  return fmt::format("*1\r\n*3\r\n:0\r\n:16383\r\n*2\r\n$9\r\n127.0.0.1\r\n:{}\r\n", port);
}

TEST(RedisRefusal, OfAMasterThatWasCutOffIsNoAnswerWhenAnotherOneHasItsSlots) {
  std::atomic<std::uint16_t> cut_off = 0;
  std::atomic<std::uint16_t> heir = 0;
  const Impostor one(saying([&](std::string_view request) {
    return asks_for_slots(request) ? all_slots_at(cut_off) : "-CLUSTERDOWN The cluster is down\r\n";
  }));
  const Impostor other(saying([&](std::string_view request) {
    return asks_for_slots(request) ? all_slots_at(heir) : std::string("+OK\r\n");
  }));
  cut_off = one.port;
  heir = other.port;
  const auto client = client_of(fmt::format("redis://127.0.0.1:{},127.0.0.1:{}", one.port, other.port));
  const auto answer = ask(*client, {"SET", "a", "1"});
  ASSERT_TRUE(answer) << answer.error().detail;
  EXPECT_EQ(answer->text, "OK");
  client->look_around();
  EXPECT_TRUE(client->health().is_up) << client->health().last_fault;
}

TEST(RedisRefusal, CountsAsAwayUntilTheServerTakesWrites) {
  for (const char* error : {"MISCONF Redis is configured to save", "OOM command not allowed", "READONLY You",
                            "LOADING Redis is loading", "NOREPLICAS Not enough"}) {
    std::atomic<bool> is_ill = true;
    const Impostor server(saying([&](std::string_view request) -> std::string {
      if (asks_for_slots(request)) return "-ERR This instance has cluster support disabled\r\n";
      return is_ill ? fmt::format("-{}\r\n", error) : std::string("+OK\r\n");
    }));
    const auto client = client_of(server.url());
    client->look_around();
    EXPECT_FALSE(client->health().is_up) << error;
    EXPECT_FALSE(client->takes_writes("a"));
    EXPECT_NE(client->health().last_fault.find(error), std::string::npos) << client->health().last_fault;
    is_ill = false;
    client->look_around();
    EXPECT_TRUE(client->health().is_up) << error;
    EXPECT_TRUE(client->takes_writes("a"));
  }
}

TEST(RedisRefusal, IsSeenWithoutAWriteOfOurs) {
  const PrivateRedis redis;
  const auto client = client_of(redis.url());
  client->look_around();
  EXPECT_TRUE(client->health().is_up);
  ASSERT_TRUE(ask(*client, {"CONFIG", "SET", "maxmemory", "1"}));
  client->look_around();
  EXPECT_FALSE(client->health().is_up);
  client->bar("not ours");
  ASSERT_TRUE(ask(*client_of(redis.url()), {"CONFIG", "SET", "maxmemory", "0"}));
  ASSERT_TRUE(ask(*client_of(redis.url()), {"FLUSHALL"}));
  client->look_around();
  EXPECT_EQ(ask(*client_of(redis.url()), {"DBSIZE"})->number(), 0)
      << "a client that is barred writes nothing";
}

}  // namespace
}  // namespace postreeve
