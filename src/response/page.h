// Kind "page": wakes somebody, once an incident and outside our own mail, and somebody else when nobody took
// the incident over.
//
// A page is a webhook. After `escalate_after` a second row of the outbox, which the first one adds, looks
// whether the incident was taken over (`incident take`) or judged; if not, it pages `escalate_url`. When the
// first receiver refuses the page, or does not answer until then, the second one gets it at once.
//
// Limits: a crash after the page and before the note of it pages again, with the same id.
#pragma once

#include "response/action_type.h"

namespace postreeve {

[[nodiscard]] ActionType page_type();

}  // namespace postreeve
