#include "response/actions.h"

#include <exception>

#include <fmt/format.h>

namespace postreeve {
namespace {

Result<std::unique_ptr<ResponseAction>> made(const ConfiguredAction& configured, const ActionWorld& world) {
  const ActionType* type = find_action_type(configured.type);
  if (type == nullptr)
    return fail(ErrorCode::kInvalidInput, fmt::format("there is no type '{}'", configured.type));
  try {
    return type->make(configured.settings, world);
  } catch (const std::exception& failure) {
    return fail(ErrorCode::kInvalidInput, failure.what());
  }
}

}  // namespace

std::vector<std::string> evidence_actions(const std::vector<ConfiguredAction>& configured) {
  std::vector<std::string> names;
  for (const ConfiguredAction& one : configured) {
    if (one.type == "evidence") names.push_back(one.settings.name());
  }
  return names;
}

Result<Actions> Actions::make(const std::vector<ConfiguredAction>& configured, const ActionWorld& given) {
  ActionWorld world = given;
  world.evidence = evidence_actions(configured);
  ByName actions;
  for (const ConfiguredAction& one : configured) {
    auto action = made(one, world);
    if (!action)
      return fail(action.error().code,
                  fmt::format("[action.{}]: {}", one.settings.name(), action.error().detail));
    actions.insert_or_assign(one.settings.name(), std::move(*action));
  }
  return Actions(std::move(actions), std::move(world.evidence));
}

ResponseAction* Actions::find(std::string_view name) const {
  const auto found = actions_.find(name);
  return found == actions_.end() ? nullptr : found->second.get();
}

std::map<std::string, ActionTraits, std::less<>> Actions::traits() const {
  std::map<std::string, ActionTraits, std::less<>> traits;
  for (const auto& [name, action] : actions_)
    traits.insert_or_assign(name, ActionTraits{.audience = action->audience(),
                                               .has_undo = action->has_undo(),
                                               .undo_awaits_judgement = action->undo_awaits_judgement()});
  return traits;
}

}  // namespace postreeve
