#include "intake/trace_accounts.h"

#include <utility>

namespace postreeve {

void TraceAccounts::remember(const Submission& submission) {
  if (submission.queue_id.empty()) return;
  if (recent_.size() >= capacity_) older_ = std::exchange(recent_, {});
  recent_.insert_or_assign(submission.queue_id, submission.account);
}

bool TraceAccounts::complete(const std::string& queue_id, AccountId& account) const {
  for (const auto* accounts : {&recent_, &older_}) {
    const auto found = accounts->find(queue_id);
    if (found == accounts->end()) continue;
    account = found->second;
    return !account.empty();
  }
  return false;
}

bool TraceAccounts::settle(Event& event) {
  if (const auto* submission = std::get_if<Submission>(&event)) remember(*submission);
  if (!account_of(event).empty()) return true;
  if (auto* delivery = std::get_if<Delivery>(&event)) return complete(delivery->queue_id, delivery->account);
  if (auto* scan = std::get_if<Scan>(&event)) return complete(scan->queue_id, scan->account);
  return false;
}

}  // namespace postreeve
