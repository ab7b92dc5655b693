#include "response/time_limit.h"

#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

namespace postreeve {

TimeLimit::TimeLimit(int socket, Clock::time_point end)
    : socket_(socket < 0 ? -1 : ::fcntl(socket, F_DUPFD_CLOEXEC, 0)),
      watcher_([this, end](const std::stop_token& stopped) { watch(stopped, end); }) {}

TimeLimit::~TimeLimit() {
  watcher_.request_stop();
  watcher_.join();
  if (socket_ >= 0) ::close(socket_);
}

void TimeLimit::watch(const std::stop_token& stopped, Clock::time_point end) {
  std::unique_lock lock(mutex_);
  wake_.wait_until(lock, stopped, end, [&stopped] { return stopped.stop_requested(); });
  if (stopped.stop_requested()) return;
  has_struck_ = true;
  if (socket_ >= 0) (void)::shutdown(socket_, SHUT_RDWR);
}

}  // namespace postreeve
