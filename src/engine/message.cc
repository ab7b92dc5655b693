#include "engine/message.h"

#include <algorithm>
#include <utility>

namespace postreeve {
namespace {

bool is_accepted(Action fate) {
  return fate != Action::kDefer && fate != Action::kReject;
}

}  // namespace

void MessageJudge::observe(const Event& step) {
  engine_.observe(step, observation_);
  if (watcher_ != nullptr) watcher_->saw(step, observation_);
  const Verdict& verdict = observation_.verdict;
  outcome_.action = std::max(outcome_.action, verdict.action);
  if (outcome_.limit == 0) outcome_.limit = verdict.limit;
  outcome_.risk = verdict.risk;
  outcome_.standing = verdict.standing;
  outcome_.in_scope |= verdict.in_scope();
  for (const Evidence& evidence : verdict.evidence) outcome_.evidence.keep_stronger(evidence);
  if (observation_.change) outcome_.changes.push_back(*observation_.change);
}

void MessageJudge::judge_recipient(const std::string& recipient) {
  std::get<Recipient>(step_).recipient = recipient;
  observe(step_);
  const Action fate = observation_.verdict.action;
  outcome_.fates.push_back(fate);
  is_held_ |= fate == Action::kHold;
  outcome_.recipients_deferred += fate == Action::kDefer;
  outcome_.recipients_rejected += fate == Action::kReject;
  outcome_.recipients_accepted += is_accepted(fate);
}

const MessageOutcome& MessageJudge::judge(const Submission& submission) {
  outcome_.changes.clear();
  outcome_.evidence.clear();
  outcome_.fates.clear();
  outcome_.action = Action::kAccept;
  outcome_.limit = 0;
  is_held_ = false;
  outcome_.in_scope = false;
  outcome_.recipients_accepted = outcome_.recipients_deferred = 0;
  outcome_.recipients_held = outcome_.recipients_rejected = 0;

  if (!std::holds_alternative<Recipient>(step_)) step_ = Recipient{};
  Recipient& step = std::get<Recipient>(step_);
  step.time = submission.time;
  step.account = submission.account;
  step.session = submission.session;
  step.transaction = submission.queue_id;
  step.sender = submission.sender;
  for (const std::string& recipient : submission.recipients) judge_recipient(recipient);
  if (!submission.recipients.empty() && outcome_.recipients_accepted == 0) return outcome_;

  message_ = submission;
  Submission& message = std::get<Submission>(message_);
  const auto unnamed = static_cast<std::uint32_t>(
      std::max<std::size_t>(message.recipient_count, message.recipients.size()) - message.recipients.size());
  outcome_.recipients_accepted += unnamed;
  message.recipient_count = outcome_.recipients_accepted;
  observe(message_);
  settle(observation_.verdict.action);
  return outcome_;
}

// What happened to the message happens to the recipients that were accepted.
void MessageJudge::settle(Action action) {
  if (is_held_ && is_accepted(action)) action = Action::kHold;
  if (action == Action::kAccept) return;
  for (Action& fate : outcome_.fates) {
    if (is_accepted(fate)) fate = action;
  }
  std::uint32_t& accepted = outcome_.recipients_accepted;
  if (action == Action::kDefer) outcome_.recipients_deferred += std::exchange(accepted, 0);
  if (action == Action::kReject) outcome_.recipients_rejected += std::exchange(accepted, 0);
  if (action == Action::kHold) outcome_.recipients_held = std::exchange(accepted, 0);
}

}  // namespace postreeve
