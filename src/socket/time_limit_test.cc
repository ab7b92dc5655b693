#include "socket/time_limit.h"

#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <filesystem>
#include <iterator>
#include <list>

namespace postreeve {
namespace {

using namespace std::chrono_literals;

// Whoever reads from the first waits, and sees the end when the socket is shut down.
struct SocketPair {
  SocketPair() { EXPECT_EQ(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()), 0); }
  ~SocketPair() {
    for (const int end : ends) ::close(end);
  }
  SocketPair(const SocketPair&) = delete;
  SocketPair& operator=(const SocketPair&) = delete;
  [[nodiscard]] bool reads_the_end() const {
    char byte = 0;
    return ::read(ends[0], &byte, 1) == 0;
  }

  std::array<int, 2> ends{};
};

std::ptrdiff_t count_threads() {
  return std::distance(std::filesystem::directory_iterator("/proc/self/task"), {});
}

TEST(TimeLimit, EndsAConversationWhenItsTimeHasCome) {
  TimeWatch watch;
  const SocketPair late;
  const SocketPair early;
  const auto now = TimeLimit::Clock::now();
  const TimeLimit long_limit(watch, early.ends[0], now + 1h);
  const TimeLimit limit(watch, late.ends[0], now + 20ms);
  EXPECT_TRUE(late.reads_the_end());
  EXPECT_TRUE(limit.has_struck());
  EXPECT_FALSE(long_limit.has_struck());
  EXPECT_GE(TimeLimit::Clock::now(), now + 20ms);
}

TEST(TimeLimit, LeavesAConversationAloneThatEndedInTime) {
  TimeWatch watch;
  const SocketPair kept;
  const SocketPair late;
  const auto soon = TimeLimit::Clock::now() + 30ms;
  {
    const TimeLimit limit(watch, kept.ends[0], soon);
    EXPECT_FALSE(limit.has_struck());
  }
  const TimeLimit later(watch, late.ends[0], soon + 10ms);
  EXPECT_TRUE(late.reads_the_end());
  ASSERT_EQ(::write(kept.ends[1], "x", 1), 1);
  EXPECT_FALSE(kept.reads_the_end());
}

TEST(TimeLimit, NeedsOneThreadForAllOfAWatch) {
  TimeWatch watch;
  const std::ptrdiff_t before = count_threads();
  std::list<SocketPair> pairs(50);
  std::list<TimeLimit> limits;
  const auto now = TimeLimit::Clock::now();
  for (const SocketPair& pair : pairs) limits.emplace_back(watch, pair.ends[0], now + 10ms);
  EXPECT_EQ(count_threads(), before);
  for (const SocketPair& pair : pairs) EXPECT_TRUE(pair.reads_the_end());
}

TEST(TimeLimit, MayHaveAThreadOfItsOwn) {
  const SocketPair pair;
  const TimeLimit limit(pair.ends[0], TimeLimit::Clock::now() + 10ms);
  EXPECT_TRUE(pair.reads_the_end());
}

}  // namespace
}  // namespace postreeve
