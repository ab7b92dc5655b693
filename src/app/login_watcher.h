// Tells of logins that were refused before their password was looked at: no event, so no decision, comes of
// them.
//
//   decision event=login account=a@x.example verdict=reject client=192.0.2.7 gate=auth_policy service=imap
//   rule="throttle: account"
#pragma once

#include <memory>

#include <spdlog/logger.h>

#include "app/metrics.h"
#include "control/watch_feed.h"
#include "gate/login_desk.h"

namespace postreeve {

// Counts every answer; log and feed have those that refuse, or would in enforce mode. Any thread.
class LoginWatcher {
 public:
  // Metrics and feed must outlive it.
  LoginWatcher(std::shared_ptr<spdlog::logger> logger, Metrics& metrics, WatchFeed& feed)
      : logger_(std::move(logger)), metrics_(metrics), feed_(feed) {}

  void saw(const LoginQuery& query, const LoginAnswer& answer, Timestamp now);

 private:
  std::shared_ptr<spdlog::logger> logger_;
  Metrics& metrics_;
  WatchFeed& feed_;
};

}  // namespace postreeve
