#include "redis/cluster_slots.h"

#include <gtest/gtest.h>

namespace postreeve {
namespace {

// https://redis.io/docs/reference/cluster-spec: CRC16 of "123456789" is 0x31C3.
TEST(ClusterSlot, IsTheChecksumOfTheKey) {
  EXPECT_EQ(cluster_slot_of("123456789"), 0x31c3 % kClusterSlots);
  EXPECT_EQ(cluster_slot_of("foo"), 12'182);
  EXPECT_EQ(cluster_slot_of(""), 0);
}

TEST(ClusterSlot, IsThatOfTheFirstBracesThatEncloseSomething) {
  EXPECT_EQ(cluster_slot_of("{user1000}.following"), cluster_slot_of("user1000"));
  EXPECT_EQ(cluster_slot_of("pr:{a}{b}"), cluster_slot_of("a"));
  EXPECT_EQ(cluster_slot_of("foo{{bar}}zap"), cluster_slot_of("{bar"));
  EXPECT_NE(cluster_slot_of("foo{}{bar}"), cluster_slot_of("bar"));
  EXPECT_NE(cluster_slot_of("foo{bar"), cluster_slot_of("bar"));
}

TEST(Redirection, SaysWhichNodeHasTheSlot) {
  const Redirection moved = read_redirection("MOVED 3999 127.0.0.1:6381", {});
  EXPECT_EQ(moved.kind, Redirection::Kind::kMoved);
  EXPECT_EQ(moved.slot, 3999);
  EXPECT_EQ(moved.node, (RedisNodeName{"127.0.0.1", 6381}));
  const Redirection ask = read_redirection("ASK 1 [2001:db8::1]:7000", {});
  EXPECT_EQ(ask.kind, Redirection::Kind::kAsk);
  EXPECT_EQ(ask.node, (RedisNodeName{"2001:db8::1", 7000}));
  EXPECT_EQ(read_redirection("MOVED 1 :7000", {"10.0.0.1", 1}).node, (RedisNodeName{"10.0.0.1", 7000}));
}

TEST(Redirection, IsNotFoundInOtherErrors) {
  for (const char* error : {"ERR MOVED 1 a:1", "MOVED", "MOVED x a:1", "MOVED 16384 a:1", "MOVED 1 a",
                            "MOVED 1 a:99999", "ASK 1 a:x", ""}) {
    EXPECT_EQ(read_redirection(error, {}).kind, Redirection::Kind::kNone) << error;
  }
}

RespValue number(std::int64_t value) {
  return {.kind = RespValue::Kind::kInteger, .integer = value};
}

RespValue text(const char* value) {
  return {.kind = RespValue::Kind::kBytes, .text = value};
}

RespValue list(std::vector<RespValue> items) {
  return {.kind = RespValue::Kind::kArray, .items = std::move(items)};
}

TEST(ClusterSlots, AreReadWithTheirMasters) {
  const RespValue answer =
      list({list({number(0), number(8'000), list({text("10.0.0.1"), number(7000), text("id")}),
                  list({text("10.0.0.9"), number(7000)})}),
            list({number(8'001), number(16'383), list({text(""), number(7001)})})});
  const auto ranges = read_cluster_slots(answer, {"10.0.0.5", 6379});
  ASSERT_TRUE(ranges);
  ASSERT_EQ(ranges->size(), 2U);
  EXPECT_EQ((*ranges)[0].last, 8'000);
  EXPECT_EQ((*ranges)[0].master, (RedisNodeName{"10.0.0.1", 7000}));
  EXPECT_EQ((*ranges)[1].master, (RedisNodeName{"10.0.0.5", 7001}));
}

TEST(ClusterSlots, AreRefusedWhenTheyAreNone) {
  EXPECT_FALSE(read_cluster_slots(text("x"), {}));
  EXPECT_FALSE(read_cluster_slots(list({text("x")}), {}));
  EXPECT_FALSE(
      read_cluster_slots(list({list({number(0), number(16'384), list({text("a"), number(1)})})}), {}));
  EXPECT_FALSE(read_cluster_slots(list({list({number(0), number(1), list({})})}), {}));
}

}  // namespace
}  // namespace postreeve
