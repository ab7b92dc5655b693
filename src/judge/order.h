// A person's order about an account's standing, beside what the evidence says.
#pragma once

#include "base/keyed_hash.h"
#include "base/time.h"
#include "finding/standing.h"
#include "judge/decide.h"
#include "judge/policy.h"
#include "profile/account_record.h"

namespace postreeve {

// Sets the standing for the whole account. kSuspended lasts until a person ends it, kHeld as long as any
// hold. kClear ends a restriction as a change of the password would: with a probation; where nothing is
// restricted it ends what is watched. Requires one of these three. Unlike a judgement it trains nothing.
void apply_order(AccountRecord& record, const Hash128& account, Level level, Timestamp time,
                 const Policy& policy, Decision& decision);

}  // namespace postreeve
