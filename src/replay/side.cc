#include "replay/side.h"

#include <fmt/format.h>

namespace postreeve {

void ReplaySide::take(AccountNumber account, const Event& event, bool is_reported) {
  if (const auto* submission = std::get_if<Submission>(&event))
    return judge(account, *submission, is_reported);
  if (!would_not_have_happened(account, event)) observe(account, event, is_reported);
}

// The account's number ends at the first space: no queue ID can pretend to be another account's.
std::string ReplaySide::transaction(AccountNumber account, std::string_view queue_id) const {
  return fmt::format("{} {}", account, queue_id);
}

void ReplaySide::judge(AccountNumber account, const Submission& submission, bool is_reported) {
  const MessageOutcome& outcome = judge_.judge(submission);
  incidents_.note_message(account, submission, outcome, is_reported);
  if (!submission.queue_id.empty()) {
    if (outcome.action != Action::kAccept) {
      contained_.insert(transaction(account, submission.queue_id));
    } else if (!contained_.empty()) {
      contained_.erase(transaction(account, submission.queue_id));  // the queue ID was used again
    }
  }
  if (verdicts_ == nullptr || !is_reported) return;
  verdicts_->write(submission, outcome);
  for (const StandingChange& change : outcome.changes) {
    if (change.opens_incident) verdicts_->write(submission.account, change);
  }
}

bool ReplaySide::would_not_have_happened(AccountNumber account, const Event& event) const {
  if (contained_.empty()) return false;
  if (const auto* delivery = std::get_if<Delivery>(&event))
    return contained_.contains(transaction(account, delivery->queue_id));
  const auto* complaint = std::get_if<Complaint>(&event);
  return complaint != nullptr && contained_.contains(transaction(account, complaint->queue_id));
}

void ReplaySide::observe(AccountNumber account, const Event& event, bool is_reported) {
  engine_.observe(event, observation_);
  incidents_.note_event(account, event, observation_, is_reported);
  const auto& change = observation_.change;
  if (verdicts_ != nullptr && is_reported && change && change->opens_incident) {
    verdicts_->write(account_of(event), *change);
  }
}

}  // namespace postreeve
