#include "socket/time_limit.h"

#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>

namespace postreeve {
namespace {

constexpr std::chrono::hours kWithoutLimits{1};

int copy_of(int socket) noexcept {
  return socket < 0 ? -1 : ::fcntl(socket, F_DUPFD_CLOEXEC, 0);
}

}  // namespace

TimeWatch::TimeWatch() : thread_([this] { run(); }) {}

TimeWatch::~TimeWatch() {
  {
    const std::scoped_lock lock(mutex_);
    is_ending_ = true;
  }
  wake_.notify_one();
  thread_.join();
}

void TimeWatch::add(TimeLimit& limit) noexcept {
  const std::scoped_lock lock(mutex_);
  limit.after_ = first_;
  if (first_ != nullptr) first_->before_ = &limit;
  first_ = &limit;
  // Mostly the thread looks earlier anyway, for limits that were kept long ago.
  if (limit.end_ < looks_at_) wake_.notify_one();
}

void TimeWatch::remove(TimeLimit& limit) noexcept {
  const std::scoped_lock lock(mutex_);
  (limit.before_ == nullptr ? first_ : limit.before_->after_) = limit.after_;
  if (limit.after_ != nullptr) limit.after_->before_ = limit.before_;
}

void TimeWatch::run() {
  std::unique_lock lock(mutex_);
  while (!is_ending_) {
    const Clock::time_point now = Clock::now();
    looks_at_ = now + kWithoutLimits;
    for (TimeLimit* limit = first_; limit != nullptr; limit = limit->after_) {
      if (limit->has_struck_) continue;
      if (limit->end_ <= now) {
        limit->strike();
      } else {
        looks_at_ = std::min(looks_at_, limit->end_);
      }
    }
    wake_.wait_until(lock, looks_at_);
  }
}

TimeLimit::TimeLimit(TimeWatch& watch, int socket, Clock::time_point end) noexcept
    : watch_(watch), socket_(copy_of(socket)), end_(end) {
  watch_.add(*this);
}

TimeLimit::TimeLimit(int socket, Clock::time_point end)
    : own_(std::make_unique<TimeWatch>()), watch_(*own_), socket_(copy_of(socket)), end_(end) {
  watch_.add(*this);
}

TimeLimit::~TimeLimit() {
  watch_.remove(*this);
  if (socket_ >= 0) ::close(socket_);
}

void TimeLimit::strike() noexcept {
  has_struck_ = true;
  if (socket_ >= 0) (void)::shutdown(socket_, SHUT_RDWR);
}

}  // namespace postreeve
