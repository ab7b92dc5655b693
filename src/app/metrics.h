// What monitoring asks: Prometheus counters, and whether we are alive and ready. No account or address is a
// label.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "guard/decision_watcher.h"

namespace postreeve {

class Metrics final : public DecisionWatcher {
 public:
  Metrics();
  ~Metrics() override;

  void saw(const Decided& decided) override;

  // A value that is asked for when somebody looks: "postreeve_open_connections".
  void add_gauge(const std::string& name, const std::string& help, std::function<double()> value);

  // What a login was told before its password was looked at (LoginAnswer::status).
  void count_login_answer(int status);

  // An action's attempt: "abused_flag", "done". Names of actions are the configuration's.
  void count_action(std::string_view name, std::string_view outcome);

  // In Prometheus' text format.
  [[nodiscard]] std::string text() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace postreeve
