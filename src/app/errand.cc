#include "app/errand.h"

#include <utility>

namespace postreeve {

Errand::Errand(Work work)
    : work_(std::move(work)), thread_([this](const std::stop_token& stop) { run(stop); }) {}

Errand::~Errand() {
  finish();
}

void Errand::ask() {
  {
    const std::scoped_lock lock(mutex_);
    is_asked_ = true;
  }
  asked_.notify_one();
}

void Errand::run(const std::stop_token& stop) {
  while (true) {
    {
      std::unique_lock lock(mutex_);
      asked_.wait(lock, stop, [this] { return is_asked_; });
      if (stop.stop_requested()) return;
      is_asked_ = false;
    }
    work_(stop);
  }
}

void Errand::finish() {
  thread_.request_stop();
  if (thread_.joinable()) thread_.join();
}

}  // namespace postreeve
