// How the daemon is, as it says itself: asked over the control socket.
#pragma once

#include <boost/json/object.hpp>

#include "app/wiring/check.h"
#include "app/wiring/wiring_settings.h"
#include "base/time.h"

namespace postreeve {

// "control", and what its status shows.
[[nodiscard]] Checks check_daemon(const WiringSettings& ours, Timestamp now);

// "daemon.mode", "daemon.state", "daemon.redis", "daemon.events", "daemon.logs" of the answer to `status`.
// Members that an older daemon does not tell are skipped.
[[nodiscard]] Checks check_status(const boost::json::object& status, const WiringSettings& ours,
                                  Timestamp now);

}  // namespace postreeve
