#include "app/service_manager.h"

#include <chrono>
#include <cstdlib>

#include <systemd/sd-daemon.h>

namespace postreeve {

void tell_ready() {
  sd_notify(0, "READY=1");
}
void tell_reloading() {
  // Type=notify-reload asks for the time too.
  const auto since_boot = std::chrono::steady_clock::now().time_since_epoch();
  const auto microseconds = std::chrono::floor<std::chrono::microseconds>(since_boot).count();
  sd_notifyf(0, "RELOADING=1\nMONOTONIC_USEC=%lld", static_cast<long long>(microseconds));
}
void tell_stopping() {
  sd_notify(0, "STOPPING=1");
}
void feed_watchdog() {
  sd_notify(0, "WATCHDOG=1");
}

std::vector<int> inherited_sockets(std::string_view name) {
  char** names = nullptr;
  const int count = sd_listen_fds_with_names(0, &names);
  std::vector<int> found;
  for (int i = 0; i < count; ++i) {
    if (name == names[i]) found.push_back(SD_LISTEN_FDS_START + i);
    std::free(names[i]);
  }
  std::free(static_cast<void*>(names));
  return found;
}

}  // namespace postreeve
