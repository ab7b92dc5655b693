#include "app/shared_tending.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <spdlog/sinks/ostream_sink.h>

#include <chrono>
#include <sstream>
#include <thread>

#include "redis/redis_testing.h"

namespace postreeve {
namespace {

using ::testing::HasSubstr;

// What the log says of the first thing that happens.
std::string told(SharedState& state) {
  std::ostringstream text;
  spdlog::logger logger("test", std::make_shared<spdlog::sinks::ostream_sink_mt>(text));
  logger.set_pattern("%v");
  for (int i = 0; i < 1'000 && text.str().empty(); ++i) {
    (void)tend_shared(state, logger);
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
  return text.str();
}

std::unique_ptr<SharedState> state_on(const std::string& url) {
  Serving serving;
  serving.redis = url;
  auto opened = SharedState::open(serving, HashKey{{'a'}}, std::chrono::seconds(10));
  EXPECT_TRUE(opened) << opened.error().detail;
  return std::move(*opened);
}

TEST(TendShared, SaysHowManyServersOfAClusterAreAway) {
  PrivateCluster cluster;
  const auto state = state_on(cluster.url());
  cluster.node(2).kill();
  EXPECT_THAT(told(*state), HasSubstr("1 of 3 Redis servers"));
}

TEST(TendShared, SaysThatAllIsJudgedInMemoryWhenTheOnlyServerIsAway) {
  PrivateRedis redis;
  const auto state = state_on(redis.url());
  redis.kill();
  EXPECT_THAT(told(*state), HasSubstr("Redis does not answer"));
}

}  // namespace
}  // namespace postreeve
