#include "response/action_type.h"

#include <algorithm>

#include "response/notice.h"
#include "response/page.h"
#include "response/staff_mail.h"
#include "response/webhook.h"

namespace postreeve {

std::span<const ActionType> action_types() {
  static const std::vector<ActionType> kTypes{
      notice_type(),
      staff_mail_type(),
      webhook_type(),
      page_type(),
  };
  return kTypes;
}

const ActionType* find_action_type(std::string_view name) {
  const auto types = action_types();
  const auto found = std::ranges::find(types, name, &ActionType::name);
  return found == types.end() ? nullptr : &*found;
}

}  // namespace postreeve
