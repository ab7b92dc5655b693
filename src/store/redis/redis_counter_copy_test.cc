#include "store/redis/redis_counter_copy.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <variant>

#include <fmt/format.h>

#include "base/keyed_hash.h"
#include "redis/redis_testing.h"
#include "store/memory_shared_counters.h"
#include "store/redis/redis_keys.h"
#include "store/redis/redis_shared_counters.h"
#include "store/sqlite_counter_keeper.h"
#include "store/sqlite_testing.h"

namespace postreeve {
namespace {

using namespace std::chrono_literals;

constexpr TraitUser kAda{.account = 1, .tenant = 10};
constexpr TraitUser kBob{.account = 2, .tenant = 20};
constexpr TraitUser kEve{.account = 3, .tenant = 30};
constexpr TraitKey kPlace{.trait = Trait::kNetwork, .value = 77};
constexpr TraitKey kText{.trait = Trait::kSubject, .value = 0xffffffff};
constexpr std::uint16_t kPoland = 'P' << 8U | 'L';

// Redis lets keys expire by the true time.
const Timestamp kNow = std::chrono::floor<Duration>(std::chrono::system_clock::now());

const std::uint64_t kKey = mix64(5);

void count_something(SharedCounters& counters) {
  for (std::uint64_t i = 0; i < 3; ++i) counters.add_login(kKey, mix64(i), false, kNow - 1h);
  counters.add_delivery(kKey, true, kNow - 20min);
  counters.add_delivery(kKey, true, kNow);
  counters.add_delivery(kKey, false, kNow);
  counters.use(kKey, 24h, kNow - 10h, 30);
  counters.use(kKey, 24h, kNow, 4);
  counters.use(mix64(6), 1min, kNow, 2);
  counters.add_restriction(kNow - 30min);
  counters.add_restriction(kNow);
  counters.add_honest(kPlace, kAda, kNow - 24h);
  counters.add_stranger(kPlace, kBob, kNow - 1h, true);
  counters.accuse(kPlace, kEve, kNow, 1.5F);
  counters.add_honest(kText, kBob, kNow);
  counters.add_country(kAda, kPoland);
  counters.add_country(kBob, kPoland);
}

void expect_as_counted(SharedCounters& counters) {
  EXPECT_NEAR(counters.add_login(kKey, mix64(9), true, kNow).failures, 3 * std::exp2(-1.0 / 12), 1e-3);
  const DestinationSnapshot destination = counters.add_delivery(kKey, false, kNow);
  EXPECT_EQ(destination.refused, 2);
  EXPECT_EQ(destination.delivered, 1);
  EXPECT_EQ(counters.used(kKey, 24h, kNow), 34U);
  EXPECT_EQ(counters.used(mix64(6), 1min, kNow), 2U);
  EXPECT_EQ(counters.restrictions(kNow), 2U);
  const TraitSnapshot place = counters.look(kPlace, {.account = 4, .tenant = 40}, kNow);
  EXPECT_EQ(place.honest, 1);
  EXPECT_EQ(place.strangers, 1);
  EXPECT_EQ(place.victims, 1);
  EXPECT_NEAR(place.guilt, 1.5, 0.01);
  EXPECT_EQ(counters.look(kText, kAda, kNow).honest, 1);
  EXPECT_EQ(counters.look_country(kAda, kPoland).all, 2U);
  EXPECT_EQ(counters.look_country(kAda, kPoland).tenant_here, 1U);
  // Whom an account was accused with is known, too.
  counters.settle_accusations(kEve.account, false);
  EXPECT_EQ(counters.look(kPlace, {.account = 4, .tenant = 40}, kNow).victims, 0);
}

void write_all(RedisClient& client, const MemorySharedCounters& counters) {
  std::vector<CounterItem> items;
  counters.each([&](const CounterItem& item) { items.push_back(item); });
  ASSERT_TRUE(write_counters(client, items));
}

TEST(CounterCopy, AnswersOnRedisAsInMemoryHoweverOftenItIsDone) {
  const PrivateRedis redis;
  const auto client = client_of(redis.url());
  MemorySharedCounters memory;
  count_something(memory);
  for (int times = 1; times <= 2; ++times) {
    write_all(*client, memory);
    RedisSharedCounters there(*client);
    ASSERT_TRUE(there.refresh(kNow));
    expect_as_counted(there);
  }
}

TEST(CounterCopy, AnswersInMemoryAsOnRedis) {
  const PrivateRedis redis;
  const auto client = client_of(redis.url());
  RedisSharedCounters there(*client);
  count_something(there);
  MemorySharedCounters memory;
  ASSERT_TRUE(read_counters(*client, kNow, [&](const CounterItem& item) { memory.put(item); }));
  expect_as_counted(memory);
}

TEST(CounterCopy, AddsUpOnceWhatIsNamedTwice) {
  const std::string name = redis_keys::limit(kKey) + "1";
  const std::string bulk = fmt::format("${}\r\n{}\r\n", name.size(), name);
  const Impostor server([&](int connection) {
    for (std::string asked = Impostor::received(connection); !asked.empty();
         asked = Impostor::received(connection)) {
      if (asked.contains("SLOTS")) Impostor::send_to(connection, "-ERR no cluster\r\n");
      if (asked.contains("SCAN")) Impostor::send_to(connection, "*2\r\n$1\r\n0\r\n*2\r\n" + bulk + bulk);
      for (auto at = asked.find("GET"); at != std::string::npos; at = asked.find("GET", at + 1))
        Impostor::send_to(connection, "$2\r\n30\r\n");
    }
  });
  const auto client = client_of(server.url());
  std::uint32_t used = 0;
  ASSERT_TRUE(read_counters(*client, kNow, [&](const CounterItem& item) {
    if (const auto* limit = std::get_if<LimitUse>(&item)) used += limit->amount;
  }));
  EXPECT_EQ(used, 30U);
}

TEST(CounterCopy, LetsExpireOnRedisWhatWouldHaveExpiredThere) {
  const PrivateRedis redis;
  const auto client = client_of(redis.url());
  MemorySharedCounters memory;
  memory.add_delivery(kKey, true, kNow - 3h);
  memory.add_honest(kPlace, kAda, kNow - 24h * 46);
  write_all(*client, memory);
  std::vector<std::string> keys;
  ASSERT_TRUE(client->each_key("pr:{[dt]*", [&](std::vector<std::string>& some) -> Result<void> {
    keys.insert(keys.end(), some.begin(), some.end());
    return {};
  }));
  EXPECT_THAT(keys, testing::IsEmpty());
}

TEST(CounterCopy, SurvivesInAFile) {
  const StoreFolder folder;
  MemorySharedCounters memory;
  count_something(memory);
  MemorySharedCounters items;
  memory.each([&](const CounterItem& item) { items.put(item); });
  ASSERT_TRUE(keep_counters(folder.file(), items));
  MemorySharedCounters read;
  const auto dropped = read_kept_counters(folder.file(), read);
  ASSERT_TRUE(dropped) << dropped.error().detail;
  EXPECT_THAT(*dropped, testing::IsEmpty());
  expect_as_counted(read);
}

}  // namespace
}  // namespace postreeve
