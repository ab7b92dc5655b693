#include "guard/judging_threads.h"

#include <gtest/gtest.h>
#include <sys/resource.h>
#include <unistd.h>

#include <atomic>
#include <future>
#include <system_error>

namespace postreeve {
namespace {

TEST(JudgingThreads, RunEveryJobOnceOnOtherThreads) {
  std::atomic<int> runs{0};
  std::atomic<bool> is_elsewhere{true};
  const auto here = std::this_thread::get_id();
  JudgingThreads threads(3, 1'000);
  for (int i = 0; i < 500; ++i) {
    JudgingThreads::Job job = [&] {
      ++runs;
      if (std::this_thread::get_id() == here) is_elsewhere = false;
    };
    EXPECT_TRUE(threads.take(job));
  }
  threads.finish();
  EXPECT_EQ(runs, 500);
  EXPECT_TRUE(is_elsewhere);
}

TEST(JudgingThreads, TakeNoMoreThanMayWaitAndLeaveTheJobToItsOwner) {
  std::promise<void> go;
  std::shared_future<void> gone = go.get_future().share();
  std::promise<void> begun;
  std::atomic<int> runs{0};
  JudgingThreads threads(1, 2);
  JudgingThreads::Job first = [&] {
    begun.set_value();
    gone.wait();
  };
  ASSERT_TRUE(threads.take(first));
  begun.get_future().wait();
  for (int i = 0; i < 2; ++i) {
    JudgingThreads::Job job = [&] { ++runs; };
    EXPECT_TRUE(threads.take(job));
  }
  JudgingThreads::Job last = [&] { runs += 10; };
  EXPECT_FALSE(threads.take(last));
  EXPECT_EQ(threads.waiting(), 2U);
  ASSERT_TRUE(last);
  last();
  go.set_value();
  threads.finish();
  EXPECT_EQ(runs, 12);
  EXPECT_FALSE(threads.take(last));
}

// As a user who may have a few threads only.
[[noreturn]] void make_more_than_there_are() {
  const rlimit few{.rlim_cur = 6, .rlim_max = 6};
  if (::setrlimit(RLIMIT_NPROC, &few) != 0) ::_exit(2);
  if (::geteuid() == 0 && ::setuid(65534) != 0) ::_exit(3);
  try {
    const JudgingThreads threads(64, 1);
  } catch (const std::system_error&) {
    ::_exit(0);
  }
  ::_exit(1);
}

TEST(JudgingThreadsDeathTest, SayThatTheSystemDoesNotGiveSoMany) {
  EXPECT_EXIT(make_more_than_there_are(), ::testing::ExitedWithCode(0), "");
}

}  // namespace
}  // namespace postreeve
