#include "replay/hand_over.h"

#include <utility>

namespace postreeve {

HandOver::HandOver(std::function<void(Event&&)> consumer)
    : consumer_(std::move(consumer)), thread_([this] { consume(); }) {
  filling_.reserve(kBatchEvents);
}

HandOver::~HandOver() {
  if (!thread_.joinable()) return;
  {
    const std::scoped_lock lock(mutex_);
    waiting_.clear();
  }
  end();
}

void HandOver::push(Event&& event) {
  filling_.push_back(std::move(event));
  if (filling_.size() == kBatchEvents) hand_on();
}

void HandOver::finish() {
  hand_on();
  end();
  if (failure_) std::rethrow_exception(failure_);
}

void HandOver::hand_on() {
  Batch next;
  {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return under_way_ < kMostBatches || failure_; });
    waiting_.push_back(std::move(filling_));
    ++under_way_;
    if (!consumed_.empty()) {
      next = std::move(consumed_.front());
      consumed_.pop_front();
    }
  }
  changed_.notify_all();
  next.clear();
  next.reserve(kBatchEvents);
  filling_ = std::move(next);
}

void HandOver::consume() {
  bool failed = false;
  for (;;) {
    Batch batch;
    {
      std::unique_lock lock(mutex_);
      changed_.wait(lock, [this] { return !waiting_.empty() || ended_; });
      if (waiting_.empty()) return;
      batch = std::move(waiting_.front());
      waiting_.pop_front();
    }
    std::exception_ptr failure;
    try {
      for (Event& event : batch) {
        if (!failed) consumer_(std::move(event));
      }
    } catch (...) {  // told to whoever calls finish()
      failure = std::current_exception();
      failed = true;
    }
    {
      const std::scoped_lock lock(mutex_);
      consumed_.push_back(std::move(batch));
      --under_way_;
      if (failure) failure_ = failure;
    }
    changed_.notify_all();
  }
}

void HandOver::end() {
  {
    const std::scoped_lock lock(mutex_);
    ended_ = true;
  }
  changed_.notify_all();
  thread_.join();
}

}  // namespace postreeve
