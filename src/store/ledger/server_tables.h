// What a node says and asks in the server's own tables. For .cc files of this folder only.
#pragma once

#include <cstdint>
#include <string>

#include "base/result.h"
#include "store/ledger/database.h"

namespace postreeve {

[[nodiscard]] Result<bool> are_up_to_date(soci::session& session);
// Once however many nodes begin at the same time; a large table takes its time. kCorrupt when a newer version
// made tables that this one does not know.
[[nodiscard]] Result<void> bring_up_to_date(soci::session& session);
// Says that the node is there. Requires tables that are up to date.
[[nodiscard]] Result<void> enter_node(soci::session& session, const std::string& node, const LedgerNode& who);

// These throw what SOCI throws.
// Whether the session has the duty now: one session of all nodes has it at a time, as long as it lives.
[[nodiscard]] bool try_duty(soci::session& session);
void beat(soci::session& session, const std::string& node, std::uint64_t spooled);
// Of nodes that were not heard of for a week nobody wants to hear any more.
void forget_silent_nodes(soci::session& session);

}  // namespace postreeve
