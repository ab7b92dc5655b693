// Kind "staff_mail": tells the NOC, the abuse desk or a ticket system the whole story of a change.
//
// The subject has a stable reference, "[Postreeve #00000000c0ffee00]", and the mails of an incident refer to
// its first one, so that mail programs and ticket systems keep them together.
#pragma once

#include "response/action_type.h"

namespace postreeve {

[[nodiscard]] ActionType staff_mail_type();

}  // namespace postreeve
