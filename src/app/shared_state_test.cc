#include "app/shared_state.h"

#include <gtest/gtest.h>

#include <chrono>
#include <thread>

#include "app/clock.h"
#include "redis/redis_testing.h"
#include "store/account_store.h"
#include "store/redis/redis_keys.h"
#include "store/redis/redis_use.h"

namespace postreeve {
namespace {

// Until it says so.
bool becomes(SharedState& state, SharedState::Turn turn) {
  for (int i = 0; i < 1'000; ++i) {
    if (state.tend(now()) == turn) return true;
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
  return false;
}

class SharedStateWithoutRedis : public ::testing::Test {
 protected:
  void SetUp() override {
    redis.kill();
    Serving serving;
    serving.redis = redis.url();
    auto opened = SharedState::open(serving, HashKey{{'a'}}, std::chrono::seconds(10));
    ASSERT_TRUE(opened) << opened.error().detail;
    state = std::move(*opened);
    EXPECT_TRUE(becomes(*state, SharedState::Turn::kLost));
    redis.start();
  }
  void use_one_record() {
    struct Nothing final : RecordStep {
      void run(AccountRecord&) override {}
    } nothing;
    state->accounts().update({1, 2}, nothing);
  }
  [[nodiscard]] std::int64_t keys() const {
    const auto client = client_of(redis.url());
    const auto size = ask(*client, {"DBSIZE"});
    return size ? size->number() : -1;
  }

  PrivateRedis redis;
  std::unique_ptr<SharedState> state;
};

TEST_F(SharedStateWithoutRedis, UsesItOnceItIsThere) {
  EXPECT_TRUE(becomes(*state, SharedState::Turn::kBack));
  const std::int64_t before = keys();
  use_one_record();
  EXPECT_GT(keys(), before);
}

TEST_F(SharedStateWithoutRedis, WritesNothingIntoOneThatHasRecordsOfAnotherKey) {
  const auto other = client_of(redis.url());
  ASSERT_TRUE(claim_redis(*other, {3, 4}));
  const std::int64_t before = keys();
  EXPECT_TRUE(becomes(*state, SharedState::Turn::kRefused));
  use_one_record();
  EXPECT_EQ(keys(), before);
  EXPECT_NE(state->status().find("another key"), std::string::npos) << state->status();
  EXPECT_FALSE(state->connection().is_up);
  for (int i = 0; i < 3; ++i) EXPECT_EQ(state->tend(now()), SharedState::Turn::kNone);
  ASSERT_TRUE(ask(*other, {"DEL", "pr:key"}));
  EXPECT_TRUE(becomes(*state, SharedState::Turn::kBack));
}

TEST_F(SharedStateWithoutRedis, SaysOnceThatARecordIsDamaged) {
  ASSERT_TRUE(becomes(*state, SharedState::Turn::kBack));
  ASSERT_TRUE(ask(*client_of(redis.url()), {"SET", redis_keys::record({1, 2}), "rubbish"}));
  for (int looks = 0; looks < 3; ++looks) (void)state->accounts().find({1, 2});
  EXPECT_EQ(state->tend(now()), SharedState::Turn::kDamaged);
  EXPECT_EQ(state->tend(now()), SharedState::Turn::kNone);
}

TEST_F(SharedStateWithoutRedis, LooksWhoseRecordsItHasAgainAfterEachOutage) {
  ASSERT_TRUE(becomes(*state, SharedState::Turn::kBack));
  redis.kill();
  ASSERT_TRUE(becomes(*state, SharedState::Turn::kLost));
  redis.start();
  ASSERT_TRUE(claim_redis(*client_of(redis.url()), {3, 4}));
  EXPECT_TRUE(becomes(*state, SharedState::Turn::kRefused));
}

}  // namespace
}  // namespace postreeve
