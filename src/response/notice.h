// Kind "notice": tells a mailbox's owner, in plain words and signed, what happened, what was done, what to
// do.
//
// Once an incident and stage; each reader gets a mail of his own, so that a thief who reads the mailbox does
// not learn the recovery address.
//
// Limits: what was handed to some of the readers before a crash is handed to them again, with the same
// Message-ID.
#pragma once

#include "response/action_type.h"

namespace postreeve {

[[nodiscard]] ActionType notice_type();

}  // namespace postreeve
