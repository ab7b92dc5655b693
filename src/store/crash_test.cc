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
#include <filesystem>
#include <new>
#include <random>
#include <stdexcept>
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

// How long the learner of a round lives: mostly not to the end of his first writes, every fourth time long
// enough to lose more than he may.
std::chrono::milliseconds life_of(int round, std::mt19937& random) {
  const auto chance = static_cast<unsigned>(random());
  return std::chrono::milliseconds{round % 4 == 3 ? 2'200 + chance % 400 : 100 + chance % 700};
}

// Returns whether the machine stood still for a second, which keeps a writer from writing as it keeps us from
// killing: then nothing is said of how much was lost.
bool kill_a_learner_once(int round) {
  std::mt19937 random(std::random_device{}());
  const std::chrono::milliseconds life = life_of(round, random);
  const StoreFolder folder;
  Diary* diary = Diary::make();
  if (diary == nullptr) throw std::runtime_error("no memory to share");
  const Clock::duration begun = Clock::now().time_since_epoch();
  const pid_t child = fork();
  if (child < 0) throw std::runtime_error("no child");
  if (child == 0) learn_until_killed(folder, *diary);
  // A moment that nobody chose: in a batch, between two, or before the first.
  std::this_thread::sleep_for(life);
  const Clock::duration killed = Clock::now().time_since_epoch();
  const bool stood_still = killed - begun > life + std::chrono::seconds{1};
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
    if (lost > steps || stood_still) continue;
    EXPECT_LT(killed - diary->at[lost], kMayForget) << "account " << i;
  }
  EXPECT_EQ(static_cast<std::int64_t>(store->size()), ask(folder, "SELECT count(*) FROM account_record"));
  EXPECT_EQ(ask(folder, "SELECT count(*) FROM account_record_corrupt"), 0);
  munmap(diary, sizeof(Diary));
  return stood_still;
}

TEST(Crash, ForgetsAtMostTwoSecondsOfLearning) {
  // In memory where there is a place for it: what a killed process wrote is there all the same, and how long
  // the disk takes is not ours.
  if (std::filesystem::is_directory("/dev/shm"))
    setenv("TMPDIR", "/dev/shm", 1);  // NOLINT(concurrency-mt-unsafe)
  int again = rounds();
  for (int round = 0; round < rounds() && !testing::Test::HasFailure(); ++round) {
    SCOPED_TRACE(round);
    while (kill_a_learner_once(round))
      ASSERT_GE(--again, 0) << "the machine stood still in every second round";
  }
}

}  // namespace
}  // namespace postreeve
