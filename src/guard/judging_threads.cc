#include "guard/judging_threads.h"

#include <utility>

namespace postreeve {

JudgingThreads::JudgingThreads(std::size_t threads, std::size_t most_waiting) : most_waiting_(most_waiting) {
  threads_.reserve(threads);
  try {
    for (std::size_t i = 0; i < threads; ++i) threads_.emplace_back([this] { run(); });
  } catch (...) {
    finish();
    throw;
  }
}

JudgingThreads::~JudgingThreads() {
  finish();
}

bool JudgingThreads::take(Job& job) {
  {
    const std::scoped_lock lock(mutex_);
    if (is_finishing_ || jobs_.size() >= most_waiting_) return false;
    jobs_.push_back(std::move(job));
  }
  changed_.notify_one();
  return true;
}

void JudgingThreads::finish() {
  {
    const std::scoped_lock lock(mutex_);
    is_finishing_ = true;
  }
  changed_.notify_all();
  for (std::thread& thread : threads_) {
    if (thread.joinable()) thread.join();
  }
}

std::size_t JudgingThreads::waiting() const {
  const std::scoped_lock lock(mutex_);
  return jobs_.size();
}

void JudgingThreads::run() {
  std::unique_lock lock(mutex_);
  while (true) {
    changed_.wait(lock, [this] { return is_finishing_ || !jobs_.empty(); });
    if (jobs_.empty()) return;
    Job job = std::move(jobs_.front());
    jobs_.pop_front();
    lock.unlock();
    job();
    job = nullptr;
    lock.lock();
  }
}

}  // namespace postreeve
