#include "store/redis/redis_use.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "redis/redis_testing.h"

namespace postreeve {
namespace {

constexpr Hash128 kOurs{1, 2};
constexpr Hash128 kOthers{1, 3};

class RedisInUse : public testing::Test {
 protected:
  [[nodiscard]] RedisUse look(const Hash128& fingerprint = kOurs) {
    return *look_at_redis(*client_, fingerprint);
  }

  PrivateRedis redis_;
  std::unique_ptr<RedisClient> client_ = client_of(redis_.url());
};

TEST_F(RedisInUse, RefusesANodeWithAnotherKey) {
  EXPECT_TRUE(claim_redis(*client_, kOurs));
  EXPECT_TRUE(claim_redis(*client_, kOurs));
  const Result<void> other = claim_redis(*client_, kOthers);
  ASSERT_FALSE(other);
  EXPECT_EQ(other.error().code, ErrorCode::kConflict);
  EXPECT_TRUE(look(kOthers).is_other_key);
  EXPECT_FALSE(look().is_other_key);
}

TEST_F(RedisInUse, IsNewBeforeAnybodyUsedIt) {
  const RedisUse use = look();
  EXPECT_FALSE(use.is_other_key);
  EXPECT_EQ(use.records, 0U);
  EXPECT_EQ(use.uses, 0U);
  EXPECT_EQ(use.serving, "");
  EXPECT_EQ(use.copy, "");
}

TEST_F(RedisInUse, CountsWhoBeginsToUseItAndNotWhoLooks) {
  ASSERT_TRUE(claim_redis(*client_, kOurs));
  const std::uint64_t uses = look().uses;
  EXPECT_EQ(look().uses, uses);
  ASSERT_TRUE(claim_redis(*client_, kOurs));
  EXPECT_GT(look().uses, uses);
}

TEST_F(RedisInUse, ShowsInEverNewWordsThatSomebodyServes) {
  ASSERT_TRUE(say_who_serves(*client_, "mx1.example"));
  const std::string first = look().serving;
  ASSERT_TRUE(say_who_serves(*client_, "mx1.example"));
  EXPECT_THAT(first, testing::StartsWith("mx1.example "));
  EXPECT_NE(look().serving, first);
}

TEST_F(RedisInUse, LetsNobodyServeWhileACopyIsNotComplete) {
  ASSERT_TRUE(mark_copy(*client_, kOurs, "mx1:/state.db.copy"));
  EXPECT_EQ(look().copy, "mx1:/state.db.copy");
  const Result<void> refused = claim_redis(*client_, kOurs);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::kConflict);
  EXPECT_THAT(refused.error().detail, testing::HasSubstr("mx1:/state.db.copy"));
  ASSERT_TRUE(unmark_copy(*client_));
  EXPECT_TRUE(claim_redis(*client_, kOurs));
  EXPECT_TRUE(look(kOthers).is_other_key) << "the copy has claimed it";
}

}  // namespace
}  // namespace postreeve
