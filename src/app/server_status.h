// How a running server is, as `postreeve status` shows it.
#pragma once

#include <string>

#include "app/followed_logs.h"
#include "app/gates.h"
#include "app/serving.h"
#include "app/state.h"
#include "app/watchers.h"
#include "base/time.h"
#include "guard/guard.h"

namespace postreeve {

struct ServerParts {
  const Serving& serving;
  State& state;
  const Guard& guard;
  const Gates& gates;
  const Watchers& watchers;
  const FollowedLogs& logs;
  Timestamp started{};
  bool is_mode_given = false;  // by the configuration
};

// A JSON object. Any thread; may wait for the ledger.
[[nodiscard]] std::string status_of(const ServerParts& parts);

}  // namespace postreeve
