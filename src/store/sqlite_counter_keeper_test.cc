#include "store/sqlite_counter_keeper.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <thread>

#include "base/field_writer.h"
#include "store/sqlite_testing.h"

namespace postreeve {
namespace {

using namespace std::chrono_literals;

constexpr Timestamp kNow{std::chrono::sys_days{std::chrono::year{2026} / 3 / 2}};
constexpr std::uint16_t kPoland = CountryCode::of("PL").packed();
constexpr TraitKey kHost{Trait::kHost, 7};
constexpr TraitKey kSubject{Trait::kSubject, 8};

// Something in every part.
void count_all_sorts(MemorySharedCounters& counters) {
  for (std::uint64_t i = 1; i < 200; ++i) {
    counters.add_login(mix64(i), i, false, kNow);
    counters.add_delivery(mix64(i), i % 2 == 0, kNow);
    counters.use(mix64(i), 1h, kNow, 3);
  }
  counters.add_restriction(kNow);
  counters.add_honest(kHost, {1, 2}, kNow);
  counters.accuse(kSubject, {3, 4}, kNow, 1);
  counters.accuse(kHost, {3, 4}, kNow, 1);
  counters.add_country({1, 2}, kPoland);
}

void expect_all_sorts(MemorySharedCounters& counters) {
  for (std::uint64_t i = 1; i < 200; ++i) {
    ASSERT_GT(counters.add_login(mix64(i), i, false, kNow).failures, 0.9F);
    const DestinationSnapshot answers = counters.add_delivery(mix64(i), true, kNow);
    ASSERT_EQ(answers.delivered + answers.refused, 1);
    ASSERT_EQ(counters.used(mix64(i), 1h, kNow), 3U);
  }
  EXPECT_EQ(counters.restrictions(kNow), 1U);
  EXPECT_EQ(counters.look(kHost, {9, 9}, kNow).honest, 1U);
  EXPECT_EQ(counters.look(kHost, {9, 9}, kNow).victims, 1U);
  EXPECT_EQ(counters.look(kSubject, {9, 9}, kNow).victims, 1U);
  EXPECT_EQ(counters.look_country({1, 2}, kPoland).tenant_here, 1U);
  EXPECT_EQ(counters.look_country({1, 2}, kPoland).here, 1U);
  // The accusations of the account are known, too: taken back, its subject is honest.
  counters.settle_accusations(3, false);
  EXPECT_EQ(counters.look(kSubject, {9, 9}, kNow).victims, 0U);
}

std::unique_ptr<SqliteCounterKeeper> keep(const StoreFolder& folder, MemorySharedCounters& counters,
                                          Duration every = 1h) {
  auto keeper = SqliteCounterKeeper::open({.path = folder.file(), .save_every = every}, counters);
  if (!keeper) {
    ADD_FAILURE() << keeper.error().detail;
    std::abort();
  }
  return std::move(*keeper);
}

TEST(SqliteCounterKeeper, BringsEveryCountBackAfterARestart) {
  const StoreFolder folder;
  {
    MemorySharedCounters counters(10'000);
    const auto keeper = keep(folder, counters);
    count_all_sorts(counters);
  }
  MemorySharedCounters counters(10'000);
  const auto keeper = keep(folder, counters);
  EXPECT_TRUE(keeper->dropped().empty());
  expect_all_sorts(counters);
}

TEST(SqliteCounterKeeper, SavesByItselfNowAndThen) {
  const StoreFolder folder;
  MemorySharedCounters counters(1'000);
  const auto keeper = keep(folder, counters, 1ms);
  while (ask(folder, "SELECT count(*) FROM shared_counter") < std::int64_t{MemorySharedCounters::kParts}) {
    std::this_thread::yield();
  }
  EXPECT_TRUE(keeper->latest());
}

TEST(SqliteCounterKeeper, LeavesOutWhatIsDamagedAndSaysSo) {
  const StoreFolder folder;
  {
    MemorySharedCounters counters(10'000);
    const auto keeper = keep(folder, counters);
    count_all_sorts(counters);
  }
  ask(folder, "UPDATE shared_counter SET data = x'504301aabbccddee' WHERE part = 3");
  MemorySharedCounters counters(10'000);
  const auto keeper = keep(folder, counters);
  ASSERT_EQ(keeper->dropped().size(), 1U);
  EXPECT_NE(keeper->dropped().front().find("checksum"), std::string::npos) << keeper->dropped().front();
  EXPECT_EQ(counters.restrictions(kNow), 1U);
}

TEST(SqliteCounterKeeper, ForgetsWhatASmallerBoundDoesNotHold) {
  MemorySharedCounters large(10'000);
  count_all_sorts(large);
  MemorySharedCounters small(16);
  std::string bytes;
  for (std::size_t part = 0; part < MemorySharedCounters::kParts; ++part) {
    large.save(part, bytes);
    ASSERT_TRUE(small.load(bytes));
  }
  std::uint32_t kept = 0;
  for (std::uint64_t i = 1; i < 200; ++i) kept += small.used(mix64(i), 1h, kNow) > 0 ? 1U : 0U;
  EXPECT_LE(kept, 32U);
}

RC_GTEST_PROP(SavedSharedCounters, AreSafeToReadWhateverTheBytesAre, (const std::string& body)) {
  MemorySharedCounters counters(100);
  std::string bytes;
  FieldWriter writer({.name = "", .letters = {'P', 'C'}, .version = 1}, bytes);
  bytes += body;
  writer.finish();
  static_cast<void>(counters.load(bytes));
  static_cast<void>(counters.load(body));
  counters.add_login(1, 2, false, kNow);
}

TEST(SqliteCounterKeeper, SavesWhileOthersCount) {
  const StoreFolder folder;
  MemorySharedCounters counters(1'000);
  const auto keeper = keep(folder, counters);
  std::thread counting([&] { count_all_sorts(counters); });
  EXPECT_TRUE(keeper->save());
  counting.join();
}

}  // namespace
}  // namespace postreeve
