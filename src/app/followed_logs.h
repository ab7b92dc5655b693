// The logs that the configuration names, followed for the guard.
#pragma once

#include <memory>
#include <string>

#include <spdlog/logger.h>
#include <boost/json/array.hpp>

#include "app/serving.h"
#include "base/result.h"
#include "guard/guard.h"
#include "intake/log_follower.h"

namespace postreeve {

class FollowedLogs {
 public:
  // The checkpoint lies beside the state. Without files nothing is followed.
  [[nodiscard]] static Result<std::unique_ptr<FollowedLogs>> start(const Serving& serving,
                                                                   const std::string& default_domain,
                                                                   Guard& guard,
                                                                   std::shared_ptr<spdlog::logger> logger);
  void stop();
  // A row a file.
  [[nodiscard]] boost::json::array status() const;

 private:
  std::unique_ptr<LogFollower> follower_;
};

}  // namespace postreeve
