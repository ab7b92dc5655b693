// The mode that people chose last, found again in the audit trail after a restart.
#pragma once

#include "base/result.h"
#include "guard/guard.h"
#include "store/ledger/audit_trail.h"

namespace postreeve {

// kObserve when none was ever chosen. What the ledger answers when it cannot be read is passed on: that says
// nothing about the mode.
[[nodiscard]] Result<Mode> remembered_mode(const AuditTrail& audit);

}  // namespace postreeve
