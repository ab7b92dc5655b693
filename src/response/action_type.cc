#include "response/action_type.h"

#include <algorithm>

#include "response/notice.h"
#include "response/page.h"
#include "response/staff_mail.h"
#include "response/webhook.h"

namespace postreeve {

std::span<const ActionType> action_types() {
  static const std::vector<ActionType> kTypes{
      {"notice", "tells the mailbox's owner in plain words what happened", notice_keys(), &make_notice},
      {"staff_mail", "mails the story to staff or a ticket system", staff_mail_keys(), &make_staff_mail},
      {"webhook", "posts JSON to another program, signed", webhook_keys(), &make_webhook},
      {"page", "wakes somebody once an incident", page_keys(), &make_page},
  };
  return kTypes;
}

const ActionType* find_action_type(std::string_view name) {
  const auto types = action_types();
  const auto found = std::ranges::find(types, name, &ActionType::name);
  return found == types.end() ? nullptr : &*found;
}

}  // namespace postreeve
