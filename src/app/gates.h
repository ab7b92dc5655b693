// The doors of a running server, opened as the configuration says.
#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include <boost/asio/io_context.hpp>

#include "app/metrics.h"
#include "app/serving.h"
#include "app/state.h"
#include "base/result.h"
#include "gate/auth_policy.h"
#include "gate/event_api.h"
#include "guard/guard.h"

namespace postreeve {

// What the gates work with; outlives them and the context's last handler.
struct GateParts {
  Guard& guard;
  State& state;
  Metrics& metrics;
  std::string default_domain;
  std::function<void()> lists_changed;
  SawAllow saw_allow;
  std::function<bool()> is_ready;
  SettleJudgement settle;
};

class Gates {
 public:
  // Opens all or none; the error names the endpoint or file.
  [[nodiscard]] static Result<std::unique_ptr<Gates>> open(boost::asio::io_context& context,
                                                           const Serving& serving, const GateParts& parts);
  ~Gates();

  // Accepts no more; what was asked is answered. Returns at once. Monitoring goes on until the end: it is
  // told that the server is not ready any more.
  void stop();
  [[nodiscard]] std::size_t open_connections() const;
  // Those that stop() lets end; monitoring's do not count.
  [[nodiscard]] std::size_t under_way() const;

  // "postfix_policy 127.0.0.1:10040", one a listener.
  [[nodiscard]] const std::vector<std::string>& listening() const;

 private:
  struct Impl;
  explicit Gates(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace postreeve
