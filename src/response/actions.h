// The actions of a configuration, by their names there.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "response/action.h"
#include "response/action_type.h"
#include "response/playbook.h"

namespace postreeve {

// One [action.NAME].
struct ConfiguredAction {
  std::string type;
  ActionSettings settings{""};

  friend bool operator==(const ConfiguredAction&, const ConfiguredAction&) = default;
};

// Which actions there are, when they are carried out, and for how long that is tried.
struct ResponseSettings {
  std::vector<ConfiguredAction> actions;
  ResponsePlan plan;
  std::map<std::string, ResponsePlan, std::less<>> by_tenant;
  Duration give_up_after = std::chrono::days{3};

  friend bool operator==(const ResponseSettings&, const ResponseSettings&) = default;
};

// Names of those of type "evidence".
[[nodiscard]] std::vector<std::string> evidence_actions(const std::vector<ConfiguredAction>& configured);

// Does not change once it is made: any thread. What the actions themselves do is for one thread an action
// (action.h); preview() may be asked beside it.
class Actions {
 public:
  using ByName = std::map<std::string, std::unique_ptr<ResponseAction>, std::less<>>;

  Actions() = default;
  explicit Actions(ByName actions, std::vector<std::string> evidence = {})
      : actions_(std::move(actions)), evidence_(std::move(evidence)) {}
  // kInvalidInput names the action and what is wrong with it. Connects to nobody. `world.evidence` need not
  // be given.
  [[nodiscard]] static Result<Actions> make(const std::vector<ConfiguredAction>& configured,
                                            const ActionWorld& world);

  [[nodiscard]] ResponseAction* find(std::string_view name) const;  // nullptr: no such action
  [[nodiscard]] const ByName& all() const noexcept { return actions_; }
  // Names of those of type "evidence", in the order of the configuration.
  [[nodiscard]] const std::vector<std::string>& evidence() const noexcept { return evidence_; }
  [[nodiscard]] std::map<std::string, ActionTraits, std::less<>> traits() const;

 private:
  ByName actions_;
  std::vector<std::string> evidence_;
};

}  // namespace postreeve
