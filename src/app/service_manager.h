// What systemd wants to know and gives: readiness, the watchdog, sockets that it opened.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace postreeve {

// Nothing happens without systemd.
void tell_ready();
void tell_reloading();
void tell_stopping();
void feed_watchdog();
// How often the watchdog wants to be fed at least; none without one.
[[nodiscard]] std::optional<std::chrono::microseconds> watchdog_interval();

// The listening descriptor that systemd opened under FileDescriptorName=`name`; -1: none.
[[nodiscard]] int inherited_socket(std::string_view name);

}  // namespace postreeve
