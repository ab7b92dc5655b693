#include "lab/score/door.h"

#include <algorithm>

namespace postreeve::lab {
namespace {

Fate fate_of(Action action) {
  switch (action) {
    case Action::kDefer:
      return Fate::kDeferred;
    case Action::kReject:
      return Fate::kRejected;
    case Action::kHold:
      return Fate::kHeld;
    case Action::kAccept:
    case Action::kDivert:
      break;
  }
  return Fate::kOut;
}

bool passed(Fate fate) {
  return fate == Fate::kOut || fate == Fate::kHeld;
}

}  // namespace

std::span<const Fate> Door::submit(const Submission& submission,
                                   const std::function<void(const Event&, const Observation&)>& watch) {
  Recipient& step = std::get<Recipient>(step_);
  step.time = submission.time;
  step.account = submission.account;
  step.session = submission.session;
  step.transaction = submission.queue_id;
  step.sender = submission.sender;
  fates_.clear();
  bool held = false;
  for (const std::string& recipient : submission.recipients) {
    step.recipient = recipient;
    engine_.observe(step_, observation_);
    watch(step_, observation_);
    fates_.push_back(fate_of(observation_.verdict.action));
    held |= fates_.back() == Fate::kHeld;
  }
  const auto accepted = std::ranges::count_if(fates_, passed);
  if (accepted == 0 && !fates_.empty()) return fates_;

  Submission& message = std::get<Submission>(message_);
  message = submission;
  message.recipient_count = static_cast<std::uint32_t>(accepted);
  engine_.observe(message_, observation_);
  watch(message_, observation_);
  Fate whole = fate_of(observation_.verdict.action);
  if (held && whole == Fate::kOut) whole = Fate::kHeld;
  if (whole == Fate::kOut) return fates_;
  for (Fate& fate : fates_) {
    if (passed(fate)) fate = whole;
  }
  return fates_;
}

}  // namespace postreeve::lab
