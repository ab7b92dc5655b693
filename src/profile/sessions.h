// Mailbox sessions beside a place from which mail is sent.
#pragma once

#include "base/time.h"
#include "profile/account_record.h"
#include "profile/origin.h"

namespace postreeve {

// Whether the mailbox was opened (IMAP, POP3, webmail) from the origin's provider today or yesterday.
// A mail program keeps such a session all day; most thieves only send.
[[nodiscard]] bool has_session(const AccountRecord& record, const Origin& origin, Timestamp time) noexcept;

// Likewise from the origin's very network: what a thief at the owner's provider lacks, because the owner's
// own sessions are of that provider, too.
[[nodiscard]] bool has_session_in_network(const AccountRecord& record, const Origin& origin,
                                          Timestamp time) noexcept;

// On what share of its days of sending, weighed by network, the account sent from networks where the mailbox
// was not open lately, with a small prior; 1 before ten such days, when nobody knows.
[[nodiscard]] double share_without_session(const AccountProfile& profile) noexcept;

}  // namespace postreeve
