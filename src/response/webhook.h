// Kind "webhook": tells another program of every change of standing, signed and with an id that stays the
// same over all attempts: chats, ticket systems, monitoring.
#pragma once

#include "response/action_type.h"

namespace postreeve {

[[nodiscard]] ActionType webhook_type();

}  // namespace postreeve
