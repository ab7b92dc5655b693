#include "response/receipts.h"

#include "response/task.h"

namespace postreeve {
namespace {

constexpr std::string_view kKept = "=";
static_assert(kMostPreparedBytes + kKept.size() <= kMostReceiptBytes);

}  // namespace

std::string kept_receipt(const std::string& receipt) {
  return std::string(kKept) + receipt;
}

std::optional<std::string> receipt_of(const OutboxRow& row) {
  if (!row.receipt.starts_with(kKept)) return std::nullopt;
  return row.receipt.substr(kKept.size());
}

std::optional<std::string> receipt_in_force(const std::vector<OutboxRow>& rows, std::string_view action,
                                            std::uint64_t id, bool undo_awaits_judgement) {
  std::optional<std::string> receipt;
  for (const OutboxRow& earlier : rows) {
    if (earlier.id >= id || earlier.action.kind != action) continue;
    const Result<Task> task = read_task(earlier);
    if (!task) continue;
    if (task->direction == Direction::kCarryOut) {
      if (auto its = receipt_of(earlier)) receipt = std::move(its);
    } else if (earlier.state == OutboxState::kDone && !undo_awaits_judgement) {
      receipt.reset();
    }
  }
  return receipt;
}

}  // namespace postreeve
