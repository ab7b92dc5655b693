// The running daemon: state, guard, gates, control socket and housekeeping, from start to stop.
#pragma once

#include <functional>
#include <memory>

#include <spdlog/logger.h>

#include "app/configuration.h"
#include "base/result.h"

namespace postreeve {

class Server {
 public:
  // Opens everything or nothing. kUnavailable names the file or endpoint.
  [[nodiscard]] static Result<std::unique_ptr<Server>> open(const Configuration& configuration,
                                                            std::shared_ptr<spdlog::logger> logger);
  ~Server();

  // Serves until stop(). Requests under way are answered and all that was learned is written before it
  // returns.
  void run();

  // Signal handlers' work; call from threads of run(). `load` reads the configuration anew; null when it is
  // wrong, and the old one stays.
  void stop_on_signals();
  void reload_on_hangup(std::function<std::unique_ptr<Configuration>()> load);

 private:
  struct Impl;
  explicit Server(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace postreeve
