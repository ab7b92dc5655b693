#include "response/told_before.h"

#include <algorithm>

#include "store/ledger/outbox.h"

namespace postreeve {
namespace {

bool is_earlier(const OutboxRow& row, const Task& task) {
  return row.id < task.id && row.action.kind == task.action;
}

}  // namespace

Result<std::vector<OutboxRow>> rows_of(LedgerDatabase& ledger, const Task& task) {
  auto rows = Outbox(ledger).of_incident(task.incident);
  // Whatever is the matter with the ledger: it may be well again later.
  if (!rows) return fail(ErrorCode::kUnavailable, rows.error().detail);
  return rows;
}

bool was_told_before(const std::vector<OutboxRow>& rows, const Task& task,
                     const std::function<bool(const Task&)>& is_such) {
  return std::ranges::any_of(rows, [&](const OutboxRow& row) {
    if (!is_earlier(row, task) || row.state != OutboxState::kDone) return false;
    const auto told = read_task(row);
    return told && is_such(*told);
  });
}

std::uint64_t first_row_of(const std::vector<OutboxRow>& rows, const Task& task) {
  const auto first = std::ranges::find_if(rows, [&](const OutboxRow& row) { return is_earlier(row, task); });
  return first == rows.end() ? task.id : first->id;
}

}  // namespace postreeve
