// Threads on which mail is judged when judging may wait for another machine: those that talk with mail
// servers must not.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace postreeve {

// Bounded: so many threads, so many jobs that wait. Any thread.
class JudgingThreads {
 public:
  using Job = std::move_only_function<void()>;

  // Throws std::system_error when the system does not give so many.
  JudgingThreads(std::size_t threads, std::size_t most_waiting);
  ~JudgingThreads();  // finish()
  JudgingThreads(const JudgingThreads&) = delete;
  JudgingThreads& operator=(const JudgingThreads&) = delete;

  // Takes the job, to be run once; false, and the job stays, when too many wait or after finish().
  [[nodiscard]] bool take(Job& job);
  // Runs what waits and ends; further jobs are not taken. May be called again.
  void finish();
  [[nodiscard]] std::size_t waiting() const;

 private:
  void run();

  const std::size_t most_waiting_;
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<Job> jobs_;
  bool is_finishing_ = false;
  std::vector<std::thread> threads_;
};

}  // namespace postreeve
