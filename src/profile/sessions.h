// Mailbox sessions beside a place from which mail is sent.
#pragma once

#include "base/time.h"
#include "profile/account_record.h"
#include "profile/origin.h"

namespace postreeve {

// Whether the mailbox was opened (IMAP, POP3, webmail) from the origin's provider today or yesterday.
// A mail program keeps such a session all day; most thieves only send.
[[nodiscard]] bool has_session(const AccountRecord& record, const Origin& origin, Timestamp time) noexcept;

}  // namespace postreeve
