// One greppable line for each decision that matters:
//
//   decision event=recipient account=a@x.example verdict=defer standing=slowed risk=1.25 client=192.0.2.7
//   evidence="first use ever from Vietnam; ..." incident=0011223344556677 gate=postfix_policy
#pragma once

#include <memory>

#include <spdlog/logger.h>

#include "guard/decision_watcher.h"

namespace postreeve {

// Matters: what is refused, held or diverted, or would be; what changes a standing to or from a restriction,
// or would if the fuse were not out.
class DecisionLog final : public DecisionWatcher {
 public:
  explicit DecisionLog(std::shared_ptr<spdlog::logger> logger) : logger_(std::move(logger)) {}
  void saw(const Decided& decided) override;

 private:
  std::shared_ptr<spdlog::logger> logger_;
};

}  // namespace postreeve
