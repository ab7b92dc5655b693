// What is done outside the mail path, put together from the configuration: actions, playbook, worker.
#pragma once

#include <memory>

#include <spdlog/logger.h>

#include "app/metrics.h"
#include "app/serving.h"
#include "app/state.h"
#include "base/result.h"
#include "guard/guard.h"
#include "response/actions.h"
#include "response/fuse_report.h"
#include "response/playbook.h"
#include "response/worker.h"

namespace postreeve {

class Responder {
 public:
  // Begins nothing yet. State and metrics outlive it. kInvalidInput names the action and what is wrong.
  [[nodiscard]] static Result<std::unique_ptr<Responder>> make(const ResponseSettings& settings,
                                                               const Serving& serving, State& state,
                                                               Metrics& metrics,
                                                               std::shared_ptr<spdlog::logger> logger);

  [[nodiscard]] const ActionWorld& world() const noexcept { return world_; }
  [[nodiscard]] const Actions& actions() const noexcept { return actions_; }
  [[nodiscard]] const Playbook& playbook() const noexcept { return playbook_; }
  [[nodiscard]] Worker& worker() noexcept { return worker_; }

  // Staff hears when the fuse goes out and when it is back, from the node that has the duty. Call every
  // second or so, from one thread.
  void tell_of_the_fuse(const Guard& guard, bool has_duty);

 private:
  Responder(ActionWorld world, Actions actions, const ResponseSettings& settings, LaneParts parts,
            std::shared_ptr<spdlog::logger> logger);

  std::shared_ptr<spdlog::logger> logger_;
  ActionWorld world_;
  Actions actions_;
  Playbook playbook_;
  FuseReport fuse_;
  Worker worker_;
};

// Where actions keep files of their own: beside the state.
[[nodiscard]] std::string state_folder_of(const Serving& serving);

}  // namespace postreeve
