#include "response/action_type.h"

#include <algorithm>

namespace postreeve {

std::span<const ActionType> action_types() {
  static const std::vector<ActionType> kTypes{};
  return kTypes;
}

const ActionType* find_action_type(std::string_view name) {
  const auto types = action_types();
  const auto found = std::ranges::find(types, name, &ActionType::name);
  return found == types.end() ? nullptr : &*found;
}

}  // namespace postreeve
