// The ladder of standings: which rung the risk calls for, and how rungs follow each other.
#pragma once

#include "base/keyed_hash.h"
#include "base/time.h"
#include "finding/evidence.h"
#include "finding/standing.h"
#include "judge/policy.h"
#include "profile/account_record.h"

namespace postreeve {

// Log-odds that the account is in other hands, seen from one side's evidence.
[[nodiscard]] double risk_of(const AccountRecord& record, const Activity& activity, Timestamp time,
                             const Ladder& ladder);

// The rung that `risk` calls for. Suspension wants two strong groups or a conclusive finding.
[[nodiscard]] Level level_for(double risk, const RiskState& evidence, bool conclusive, const Ladder& ladder);

// Ends what ends by itself: slowed and held after their time, probation after its days.
void let_expire(Standing& standing, Timestamp time);

// When a standing entered at `time` ends by itself, in seconds; 0: never.
[[nodiscard]] std::uint32_t end_of(Level level, Timestamp time, const Ladder& ladder);

[[nodiscard]] IncidentId incident_id(const Hash128& account, Timestamp opened);

}  // namespace postreeve
