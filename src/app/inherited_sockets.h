// Listening sockets that systemd opened for a gate, shared out among the endpoints of its configuration.
#pragma once

#include <vector>

#include "app/serving.h"
#include "base/result.h"

namespace postreeve {

// What each endpoint takes over, in the order of `endpoints`: the descriptor that listens at its address,
// else the first that is left of its kind (IPv4, IPv6, Unix), else -1: it is opened. kUnavailable when a
// descriptor is left over, which somebody means to be used.
[[nodiscard]] Result<std::vector<int>> share_out(const std::vector<int>& descriptors,
                                                 const Endpoints& endpoints);

}  // namespace postreeve
