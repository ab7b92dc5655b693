#include "response/action_type.h"

#include <algorithm>

#include "response/command_hook.h"
#include "response/evidence_action.h"
#include "response/ldap_flag.h"
#include "response/notice.h"
#include "response/page.h"
#include "response/queue_action.h"
#include "response/queue_delete.h"
#include "response/sessions_action.h"
#include "response/sql_flag.h"
#include "response/staff_mail.h"
#include "response/webhook.h"

namespace postreeve {

std::span<const ActionType> action_types() {
  static const std::vector<ActionType> kTypes{
      sql_flag_type(),
      ldap_flag_type(),
      command_hook_type(),
      evidence_type(),
      {"queue", "holds what the account has in the mail queue, and releases it again", queue_keys(),
       &make_queue},
      {"queue_delete", "deletes the held mail of a confirmed incident", queue_delete_keys(),
       &make_queue_delete},
      {"sessions", "ends the account's IMAP and POP3 sessions", doveadm_keys(), &make_sessions},
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
