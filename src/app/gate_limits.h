// How large a request and how long a silence each gate bears: its protocol's own measure, or what the
// configuration says.
#pragma once

#include "app/serving.h"
#include "http/server.h"
#include "socket/session.h"

namespace postreeve {

// `own` with what [guard] says instead.
[[nodiscard]] SessionLimits as_configured(SessionLimits own, const Serving& serving);
[[nodiscard]] HttpLimits as_configured(HttpLimits own, const Serving& serving);

// The milter's frames are as large as its protocol makes them, and its connections as silent as the client
// behind them: less would close them, and where default_action=accept mail would pass unjudged. So a setting
// can only lengthen the silence.
[[nodiscard]] SessionLimits milter_limits(const Serving& serving);

}  // namespace postreeve
