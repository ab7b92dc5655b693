// Ends a conversation with a server that has stopped answering.
//
// Some client libraries wait for ever once they are connected. While a TimeLimit lives, a thread of its own
// watches the clock; when the time has come it shuts the connection's socket down, and whoever waits for it
// sees the connection end.
#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <mutex>
#include <thread>

namespace postreeve {

class TimeLimit {
 public:
  using Clock = std::chrono::steady_clock;

  // `socket` stays the library's own; -1 (none) is watched in vain. Throws std::system_error without a
  // thread.
  TimeLimit(int socket, Clock::time_point end);
  // Ends the watching at once.
  ~TimeLimit();
  TimeLimit(const TimeLimit&) = delete;
  TimeLimit& operator=(const TimeLimit&) = delete;

  [[nodiscard]] bool has_struck() const noexcept { return has_struck_; }

 private:
  void watch(const std::stop_token& stopped, Clock::time_point end);

  int socket_;  // a copy: the library may close its own while we look at the clock
  std::atomic<bool> has_struck_ = false;
  std::mutex mutex_;
  std::condition_variable_any wake_;
  std::jthread watcher_;
};

}  // namespace postreeve
