// What systemd wants to know and gives: readiness, the watchdog, sockets that it opened.
#pragma once

#include <string_view>
#include <vector>

namespace postreeve {

// Nothing happens without systemd.
void tell_ready();
void tell_reloading();
void tell_stopping();
void feed_watchdog();

// The listening descriptors that systemd opened under FileDescriptorName=`name`, in its order.
[[nodiscard]] std::vector<int> inherited_sockets(std::string_view name);

}  // namespace postreeve
