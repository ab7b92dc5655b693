// The mode that people chose last, found again in the audit trail after a restart.
#pragma once

#include "guard/guard.h"
#include "store/ledger/audit_trail.h"

namespace postreeve {

// kObserve when none was ever chosen.
[[nodiscard]] Mode remembered_mode(const AuditTrail& audit);

}  // namespace postreeve
