// Which side of the account an event belongs to, as its record stands.
#pragma once

#include "judge/facts.h"
#include "profile/account_record.h"
#include "profile/familiarity.h"

namespace postreeve {

// As side_of(), and beside it: what is told of mail belongs to who sent it; while strangers are restricted,
// and where the owner's habits say so, doubtful mail is a stranger's.
[[nodiscard]] Side side_for(const AccountRecord& record, const Facts& facts);

}  // namespace postreeve
