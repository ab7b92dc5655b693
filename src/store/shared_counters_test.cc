// What all SharedCounters promise.
#include "store/shared_counters.h"

#include <gtest/gtest.h>

#include <memory>
#include <utility>

#include "redis/redis_testing.h"
#include "store/counters_testing.h"
#include "store/memory_shared_counters.h"
#include "store/redis/redis_shared_counters.h"

namespace postreeve {
namespace {

using namespace std::chrono_literals;

class InMemory {
 public:
  SharedCounters& counters() { return counters_; }
  void refresh(Timestamp /*time*/) {}

 private:
  MemorySharedCounters counters_;
};

class OnRedis {
 public:
  SharedCounters& counters() { return counters_; }
  void refresh(Timestamp time) { EXPECT_TRUE(counters_.refresh(time)); }

 private:
  PrivateRedis redis_;
  std::unique_ptr<RedisClient> client_ = client_of(redis_.url());
  RedisSharedCounters counters_{*client_};
};

template <typename Home>
class SharedCountersContract : public testing::Test {
 protected:
  Home home_;
  SharedCounters& counters_ = home_.counters();
};

using Homes = testing::Types<InMemory, OnRedis>;
TYPED_TEST_SUITE(SharedCountersContract, Homes);

TYPED_TEST(SharedCountersContract, NetworksAnswerWithTheStateBeforeTheLogin) {
  SharedCounters& counters = this->counters_;
  EXPECT_EQ(counters.add_login(key(1), key(100), false, kNow).failures, 0.0F);
  EXPECT_NEAR(counters.add_login(key(1), key(101), false, kNow).failures, 1, 1e-5);
  EXPECT_NEAR(counters.add_login(key(1), key(102), true, kNow).failures, 2, 1e-5);
  EXPECT_NEAR(counters.add_login(key(1), key(102), true, kNow).failures, 2, 1e-5);
}

TYPED_TEST(SharedCountersContract, NetworksCountAccountsNotTries) {
  SharedCounters& counters = this->counters_;
  for (int i = 0; i < 200; ++i) counters.add_login(key(1), key(100), false, kNow);
  EXPECT_NEAR(counters.add_login(key(1), key(100), false, kNow).accounts_failed, 1, 0.1);
}

TYPED_TEST(SharedCountersContract, NetworksCountManyAccountsRoughly) {
  SharedCounters& counters = this->counters_;
  for (std::uint64_t i = 0; i < 300; ++i) counters.add_login(key(1), key(1'000 + i), false, kNow);
  for (std::uint64_t i = 0; i < 30; ++i) counters.add_login(key(1), key(5'000 + i), true, kNow);
  const NetworkSnapshot snapshot = counters.add_login(key(1), key(9), true, kNow);
  EXPECT_NEAR(snapshot.accounts_failed, 300, 150);
  EXPECT_NEAR(snapshot.accounts_succeeded, 30, 15);
}

TYPED_TEST(SharedCountersContract, NetworksRememberTodayAndYesterday) {
  SharedCounters& counters = this->counters_;
  for (std::uint64_t i = 0; i < 5; ++i) counters.add_login(key(1), key(100 + i), false, kNow);
  EXPECT_NEAR(counters.add_login(key(1), key(1), true, kNow + 24h).accounts_failed, 5, 1);
  EXPECT_NEAR(counters.add_login(key(1), key(1), true, kNow + 48h).accounts_failed, 0, 0.1);
}

TYPED_TEST(SharedCountersContract, NetworksForgetHalfTheFailuresInTwelveHours) {
  SharedCounters& counters = this->counters_;
  for (int i = 0; i < 8; ++i) counters.add_login(key(1), key(100), false, kNow);
  EXPECT_NEAR(counters.add_login(key(1), key(1), true, kNow + 12h).failures, 4, 1e-3);
}

TYPED_TEST(SharedCountersContract, NetworksKeepNetworksApart) {
  SharedCounters& counters = this->counters_;
  for (int i = 0; i < 8; ++i) counters.add_login(key(1), key(100), false, kNow);
  EXPECT_EQ(counters.add_login(key(2), key(100), false, kNow).failures, 0.0F);
}

TYPED_TEST(SharedCountersContract, AllAnswerTheKeyZeroWithZeros) {
  SharedCounters& counters = this->counters_;
  for (int i = 0; i < 3; ++i) {
    EXPECT_EQ(counters.add_login(0, key(1), false, kNow).failures, 0.0F);
    EXPECT_EQ(counters.add_delivery(0, true, kNow).refused, 0.0F);
    counters.use(0, 1h, kNow, 5);
    EXPECT_EQ(counters.used(0, 1h, kNow), 0U);
  }
}

TYPED_TEST(SharedCountersContract, DestinationsAnswerWithTheHourBefore) {
  SharedCounters& counters = this->counters_;
  for (int i = 0; i < 4; ++i) counters.add_delivery(key(1), true, kNow);
  for (int i = 0; i < 3; ++i) counters.add_delivery(key(1), false, kNow);
  const DestinationSnapshot now = counters.add_delivery(key(1), false, kNow + 30min);
  EXPECT_EQ(now.refused, 4.0F);
  EXPECT_EQ(now.delivered, 3.0F);
  const DestinationSnapshot later = counters.add_delivery(key(1), false, kNow + 61min);
  EXPECT_EQ(later.refused, 0.0F);
  EXPECT_EQ(later.delivered, 1.0F);
}

TYPED_TEST(SharedCountersContract, LimitsKeepKeysApart) {
  SharedCounters& counters = this->counters_;
  counters.use(key(1), 1h, kNow, 3);
  EXPECT_EQ(counters.used(key(1), 1h, kNow), 3U);
  EXPECT_EQ(counters.used(key(2), 1h, kNow), 0U);
}

TYPED_TEST(SharedCountersContract, LimitsAreNotChangedByAsking) {
  SharedCounters& counters = this->counters_;
  counters.use(key(1), 1h, kNow, 3);
  for (int i = 0; i < 10; ++i) EXPECT_EQ(counters.used(key(1), 1h, kNow + 30min), 3U);
  EXPECT_EQ(counters.used(key(1), 1h, kNow + 2h), 0U);
  EXPECT_EQ(counters.used(key(1), 1h, kNow + 30min), 3U);
}

TYPED_TEST(SharedCountersContract, RestrictionsAreThoseOfTheLastHour) {
  SharedCounters& counters = this->counters_;
  EXPECT_EQ(counters.restrictions(kNow), 0U);
  EXPECT_EQ(counters.add_restriction(kNow), 1U);
  EXPECT_EQ(counters.add_restriction(kNow + 10min), 2U);
  for (const auto& [after, count] : {std::pair{20min, 2U}, {59min, 2U}, {70min, 1U}, {180min, 0U}}) {
    this->home_.refresh(kNow + after);
    EXPECT_EQ(counters.restrictions(kNow + after), count);
  }
}

constexpr TraitUser kAda{.account = 1, .tenant = 10};
constexpr TraitUser kBob{.account = 2, .tenant = 20};
constexpr TraitUser kEve{.account = 3, .tenant = 30};
constexpr TraitKey kPlace{.trait = Trait::kNetwork, .value = 77};
constexpr TraitKey kText{.trait = Trait::kSubject, .value = 78};

TYPED_TEST(SharedCountersContract, TraitsTellWhoElseHasThem) {
  SharedCounters& counters = this->counters_;
  EXPECT_EQ(counters.look(kPlace, kAda, kNow).honest, 0U);
  counters.add_honest(kPlace, kAda, kNow);
  counters.add_stranger(kPlace, kBob, kNow, true);
  EXPECT_TRUE(counters.look(kPlace, kAda, kNow).is_own);
  EXPECT_EQ(counters.look(kPlace, kEve, kNow).honest, 1U);
  EXPECT_EQ(counters.look(kPlace, kEve, kNow).strangers, 1U);
  EXPECT_EQ(counters.look(kText, kEve, kNow).honest, 0U);
  EXPECT_EQ(counters.look({}, kEve, kNow).honest, 0U);
}

TYPED_TEST(SharedCountersContract, TraitsRememberAccusationsUntilAPersonTakesThemBack) {
  SharedCounters& counters = this->counters_;
  counters.accuse(kPlace, kAda, kNow, 0.7F);
  counters.accuse(kText, kAda, kNow, 0.7F);
  EXPECT_EQ(counters.look(kPlace, kBob, kNow).victims, 1U);
  EXPECT_NEAR(counters.look(kPlace, kBob, kNow + std::chrono::days{7}).guilt, 0.35, 0.01);
  counters.settle_accusations(kAda.account, true);
  counters.settle_accusations(kAda.account, false);  // it was settled
  EXPECT_NEAR(counters.look(kPlace, kBob, kNow).guilt, 2, 0.01);
  counters.accuse(kText, kEve, kNow, 0.7F);
  counters.settle_accusations(kEve.account, false);
  EXPECT_EQ(counters.look(kText, kBob, kNow).victims, 1U);
  EXPECT_EQ(counters.look(kText, kBob, kNow).honest, 1U);
}

TYPED_TEST(SharedCountersContract, TextsOfWhoWasAccusedElsewhereAreAsGoodAsAccused) {
  SharedCounters& counters = this->counters_;
  counters.add_stranger(kText, kAda, kNow, true);
  EXPECT_EQ(counters.look(kText, kBob, kNow).victims, 0U);
  counters.accuse(kPlace, kAda, kNow, 1);
  EXPECT_EQ(counters.look(kText, kBob, kNow).victims, 1U);
  EXPECT_EQ(counters.look(kText, kBob, kNow + 72h).victims, 0U);
}

TYPED_TEST(SharedCountersContract, CountriesAreCountedForEverybodyAndForTheTenant) {
  SharedCounters& counters = this->counters_;
  constexpr std::uint16_t kHere = 'D' << 8U | 'E';
  constexpr std::uint16_t kThere = 'F' << 8U | 'R';
  counters.add_country(kAda, kHere);
  counters.add_country(kAda, kThere);
  counters.add_country(kBob, kHere);
  counters.add_country(kBob, 0);
  const CountrySnapshot snapshot = counters.look_country(kAda, kHere);
  EXPECT_EQ(snapshot.all, 3U);
  EXPECT_EQ(snapshot.here, 2U);
  EXPECT_EQ(snapshot.tenant, 2U);
  EXPECT_EQ(snapshot.tenant_here, 1U);
  EXPECT_EQ(counters.look_country(kAda, 0).all, 0U);
}

}  // namespace
}  // namespace postreeve
