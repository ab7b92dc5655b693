// Ends a conversation with a server that has stopped answering.
//
// Some client libraries wait for ever once they are connected. While a TimeLimit lives, a thread watches the
// clock; when the time has come it shuts the connection's socket down, and whoever waits for it sees the
// connection end.
#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <thread>

namespace postreeve {

class TimeLimit;

// The thread: one for any number of limits.
class TimeWatch {
 public:
  using Clock = std::chrono::steady_clock;

  TimeWatch();   // throws std::system_error without a thread
  ~TimeWatch();  // requires that no limit is left
  TimeWatch(const TimeWatch&) = delete;
  TimeWatch& operator=(const TimeWatch&) = delete;

 private:
  friend class TimeLimit;
  void add(TimeLimit& limit) noexcept;
  void remove(TimeLimit& limit) noexcept;
  void run();

  std::mutex mutex_;
  std::condition_variable wake_;
  TimeLimit* first_ = nullptr;
  Clock::time_point looks_at_{};  // the clock next
  bool is_ending_ = false;
  std::thread thread_;
};

class TimeLimit {
 public:
  using Clock = TimeWatch::Clock;

  // `socket` stays the library's own; -1 (none) is watched in vain. The watch outlives the limit.
  TimeLimit(TimeWatch& watch, int socket, Clock::time_point end) noexcept;
  // With a thread of its own. Throws std::system_error without one.
  TimeLimit(int socket, Clock::time_point end);
  // Ends the watching at once.
  ~TimeLimit();
  TimeLimit(const TimeLimit&) = delete;
  TimeLimit& operator=(const TimeLimit&) = delete;

  [[nodiscard]] bool has_struck() const noexcept { return has_struck_; }

 private:
  friend class TimeWatch;
  void strike() noexcept;

  std::unique_ptr<TimeWatch> own_;
  TimeWatch& watch_;
  int socket_;  // a copy: the library may close its own while we look at the clock
  Clock::time_point end_;
  std::atomic<bool> has_struck_ = false;
  TimeLimit* before_ = nullptr;  // in the watch's list, under its mutex
  TimeLimit* after_ = nullptr;
};

}  // namespace postreeve
