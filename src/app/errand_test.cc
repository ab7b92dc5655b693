#include "app/errand.h"

#include <atomic>
#include <semaphore>

#include <gtest/gtest.h>

namespace postreeve {
namespace {

TEST(Errand, DoesNotKeepWhoeverAsks) {
  std::binary_semaphore begun(0);
  std::binary_semaphore may_end(0);
  Errand errand([&](const std::stop_token&) {
    begun.release();
    may_end.acquire();
  });
  errand.ask();
  begun.acquire();
  errand.ask();  // returns, though the work is under way
  may_end.release();
  begun.acquire();
  may_end.release();
}

TEST(Errand, IsDoneOnceMoreHoweverOftenItWasAskedForMeanwhile) {
  std::atomic<int> times = 0;
  std::counting_semaphore<> begun(0);
  std::counting_semaphore<> may_end(0);
  Errand errand([&](const std::stop_token&) {
    ++times;
    begun.release();
    may_end.acquire();
  });
  errand.ask();
  begun.acquire();
  for (int i = 0; i < 5; ++i) errand.ask();
  may_end.release(2);
  begun.acquire();
  errand.finish();
  EXPECT_EQ(times, 2);
}

TEST(Errand, EndsWorkThatIsUnderWay) {
  std::binary_semaphore begun(0);
  std::atomic<bool> was_stopped = false;
  Errand errand([&](const std::stop_token& stop) {
    begun.release();
    while (!stop.stop_requested()) std::this_thread::yield();
    was_stopped = true;
  });
  errand.ask();
  begun.acquire();
  errand.finish();
  EXPECT_TRUE(was_stopped);
  errand.finish();
}

TEST(Errand, IsNeverDoneWhenNobodyAsks) {
  std::atomic<int> times = 0;
  {
    const Errand errand([&](const std::stop_token&) { ++times; });
  }
  EXPECT_EQ(times, 0);
}

}  // namespace
}  // namespace postreeve
