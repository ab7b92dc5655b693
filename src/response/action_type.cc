#include "response/action_type.h"

#include <algorithm>

#include "response/command_hook.h"
#include "response/ldap_flag.h"
#include "response/sql_flag.h"

namespace postreeve {

std::span<const ActionType> action_types() {
  static const std::vector<ActionType> kTypes{
      sql_flag_type(),
      ldap_flag_type(),
      command_hook_type(),
  };
  return kTypes;
}

const ActionType* find_action_type(std::string_view name) {
  const auto types = action_types();
  const auto found = std::ranges::find(types, name, &ActionType::name);
  return found == types.end() ? nullptr : &*found;
}

}  // namespace postreeve
