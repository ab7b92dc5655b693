// What an action that tells somebody has told already in the same incident, as the outbox keeps it.
#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include "base/result.h"
#include "base/time.h"
#include "response/task.h"
#include "store/ledger/database.h"

namespace postreeve {

// The incident's rows, oldest first. kUnavailable when the ledger cannot be read.
[[nodiscard]] Result<std::vector<OutboxRow>> rows_of(LedgerDatabase& ledger, const Task& task);

// When the account was last restricted from being free, at the task's time or before: who stole the password
// again goes on with the same incident, and what was told until then says nothing of it. The epoch where the
// ledger knows no such moment; kUnavailable.
[[nodiscard]] Result<Timestamp> round_of(LedgerDatabase& ledger, const Task& task);

// Whether an earlier row of the same action is done whose task is such as `is_such` wants it. Those of one
// action and incident are carried out in their order, so nothing earlier is still to come.
[[nodiscard]] bool was_told_before(const std::vector<OutboxRow>& rows, const Task& task,
                                   const std::function<bool(const Task&)>& is_such);

// The number of the action's first row in the incident, which names the thread of its mails; the task's own
// when there is none before it.
[[nodiscard]] std::uint64_t first_row_of(const std::vector<OutboxRow>& rows, const Task& task);

}  // namespace postreeve
