// What a person's judgement would change, worked out on a copy of the account's record.
#pragma once

#include <boost/json/object.hpp>

#include "base/result.h"
#include "control/desk.h"
#include "control/verbs.h"
#include "store/ledger/incident_book.h"

namespace postreeve {

// The answer to `incident confirm|dismiss --dry-run`: what the account would become, what each action would
// do or undo, and which networks would be learnt as the owner's or forgotten. `judgement` is of that
// incident.
[[nodiscard]] Result<boost::json::object> rehearse_judgement(const Desk& desk, const Request& request,
                                                             const IncidentRow& incident,
                                                             const IncidentJudgement& judgement);

}  // namespace postreeve
