// What a killed process may forget: a second or two of learning, and nothing else.
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdlib>
#include <new>
#include <random>
#include <thread>

#include "store/sqlite_testing.h"

namespace postreeve {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::uint64_t kAccounts = 2'000;
constexpr std::size_t kMost = 1'000'000;
constexpr std::chrono::milliseconds kMayForget{2'000};

// Memory that the test and the process it kills share: when each step was done.
struct Diary {
  std::atomic<std::uint64_t> steps{0};
  Clock::duration at[kMost]{};

  static Diary* make() {
    void* shared = mmap(nullptr, sizeof(Diary), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    return shared == MAP_FAILED ? nullptr : new (shared) Diary;
  }
};

// Step n writes n into the account n % kAccounts; never returns.
[[noreturn]] void learn_until_killed(const StoreFolder& folder, Diary& diary) {
  const auto store = open_store(folder, {.memory_bytes = 64 * 20'000});
  for (std::uint64_t n = 1; n < kMost; ++n) {
    update(*store, account(n % kAccounts),
           [&](AccountRecord& record) { record.dismissed = static_cast<std::uint32_t>(n); });
    diary.at[n] = Clock::now().time_since_epoch();
    diary.steps.store(n, std::memory_order_release);
    if (n % 64 == 0) std::this_thread::sleep_for(std::chrono::milliseconds{3});
  }
  _exit(0);
}

int rounds() {
  // Read before any thread is started.
  const char* const wanted = std::getenv("POSTREEVE_CRASH_ROUNDS");  // NOLINT(concurrency-mt-unsafe)
  return wanted != nullptr ? std::max(1, std::atoi(wanted)) : 20;
}

void kill_a_learner_once() {
  std::mt19937 random(std::random_device{}());
  const StoreFolder folder;
  Diary* diary = Diary::make();
  ASSERT_NE(diary, nullptr);
  const pid_t child = fork();
  ASSERT_GE(child, 0);
  if (child == 0) learn_until_killed(folder, *diary);
  // A moment that nobody chose: in a batch, between two, or before the first.
  std::this_thread::sleep_for(std::chrono::milliseconds{100 + random() % 700});
  const Clock::duration killed = Clock::now().time_since_epoch();
  kill(child, SIGKILL);
  waitpid(child, nullptr, 0);

  const std::uint64_t steps = diary->steps.load(std::memory_order_acquire);
  const auto store = open_store(folder);
  const AccountStore& records = *store;
  for (std::uint64_t i = 0; i < kAccounts; ++i) {
    const auto found = records.find(account(i));
    const std::uint64_t kept = found ? found->dismissed : 0;
    // The first step of this account that is gone was done a moment ago only.
    const std::uint64_t lost = kept == 0 ? (i == 0 ? kAccounts : i) : kept + kAccounts;
    if (lost > steps) continue;
    EXPECT_LT(killed - diary->at[lost], kMayForget) << "account " << i;
  }
  EXPECT_EQ(static_cast<std::int64_t>(store->size()), ask(folder, "SELECT count(*) FROM account_record"));
  EXPECT_EQ(ask(folder, "SELECT count(*) FROM account_record_corrupt"), 0);
  munmap(diary, sizeof(Diary));
}

TEST(Crash, ForgetsAtMostTwoSecondsOfLearning) {
  for (int round = 0; round < rounds() && !testing::Test::HasFailure(); ++round) {
    SCOPED_TRACE(round);
    kill_a_learner_once();
  }
}

}  // namespace
}  // namespace postreeve
