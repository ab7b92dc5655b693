#include "app/service_manager.h"

#include <cstdint>
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

std::optional<std::chrono::microseconds> watchdog_interval() {
  std::uint64_t interval = 0;
  if (sd_watchdog_enabled(0, &interval) <= 0) return std::nullopt;
  return std::chrono::microseconds(interval) / 2;
}

int inherited_socket(std::string_view name) {
  char** names = nullptr;
  const int count = sd_listen_fds_with_names(0, &names);
  int found = -1;
  for (int i = 0; i < count; ++i) {
    if (found < 0 && name == names[i]) found = SD_LISTEN_FDS_START + i;
    std::free(names[i]);
  }
  std::free(static_cast<void*>(names));
  return found;
}

}  // namespace postreeve
