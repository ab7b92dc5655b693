// What a person said through another program (POST /v1/events), settled as if said on the command line.
#pragma once

#include "base/result.h"
#include "control/desk.h"
#include "mail/event.h"

namespace postreeve {

// `incident confirm` or `incident dismiss` of the incident that the account is in, in the name of
// `told.person`. Confirmed, an account that is in none, or that nothing restricts any more, is suspended
// first, which opens one; dismissed, it learns and nothing else. kConflict: the incident is judged so
// already. May wait for the ledger; not from the ledger's thread.
[[nodiscard]] Result<void> settle_told(Desk& desk, const Judgement& told);

}  // namespace postreeve
