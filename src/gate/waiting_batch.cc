#include "gate/waiting_batch.h"

#include <algorithm>
#include <utility>
#include <variant>

namespace postreeve {

WaitingBatch::WaitingBatch(std::shared_ptr<const EventGuard> guard, std::vector<EventBatch::Taken> events,
                           Done done)
    : guard_(std::move(guard)), done_(std::move(done)) {
  for (EventBatch::Taken& taken : events) {
    const std::size_t verdict = verdicts_.size();
    verdicts_.push_back({taken.line, {}});
    if (auto* message = std::get_if<Submission>(&taken.event)) {
      for (const std::string& recipient : message->recipients)
        steps_.push_back({verdict, Recipient{.time = message->time,
                                             .account = message->account,
                                             .session = message->session,
                                             .transaction = message->queue_id,
                                             .sender = message->sender,
                                             .recipient = recipient}});
      message->recipient_count =
          std::max(message->recipient_count, static_cast<std::uint32_t>(message->recipients.size()));
    }
    steps_.push_back({verdict, std::move(taken.event)});
  }
}

void WaitingBatch::go_on() {
  while (next_ < steps_.size()) {
    if (!ask(steps_[next_++])) return;
  }
  done_(std::move(verdicts_));
}

bool WaitingBatch::ask(Step& step) {
  // Whoever comes second goes on, the answer or this call: so a thousand answers at once nest no deeper than
  // one.
  const auto met = std::make_shared<std::atomic<bool>>(false);
  guard_->judge(std::move(step.event),
                [self = shared_from_this(), met, verdict = step.verdict](const Answer& answer) {
                  self->note(verdict, answer);
                  if (met->exchange(true)) self->go_on();
                });
  return met->exchange(true);
}

void WaitingBatch::note(std::size_t verdict, const Answer& answer) {
  Answer& worst = verdicts_[verdict].answer;
  const auto severity = [](const Answer& one) { return std::pair(one.action, one.would); };
  if (severity(answer) >= severity(worst)) worst = answer;
}

}  // namespace postreeve
