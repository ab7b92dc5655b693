#include "app/count_watcher.h"

#include <algorithm>
#include <cstdint>
#include <variant>

#include "detect/refusals.h"

namespace postreeve {
namespace {

// What one event adds, as the mail server was told.
struct CountsOf {
  Action action;

  [[nodiscard]] bool is_refused() const { return action == Action::kDefer || action == Action::kReject; }

  Counts operator()(const Recipient&) const {
    Counts counts;
    (is_refused() ? counts.refused : counts.recipients) = 1;
    return counts;
  }
  Counts operator()(const Submission& message) const {
    if (!is_refused()) return {.messages = 1};
    // They were accepted one by one before.
    return {.withdrawn =
                std::max(message.recipient_count, static_cast<std::uint32_t>(message.recipients.size()))};
  }
  Counts operator()(const Login& login) const {
    Counts counts;
    if (login.success) counts.logins = 1;
    return counts;
  }
  Counts operator()(const Delivery& delivery) const {
    Counts counts;
    if (is_refusal(delivery.status, delivery.dsn)) counts.bounced = 1;
    return counts;
  }
  template <typename Other>
  Counts operator()(const Other&) const {
    return {};
  }
};

}  // namespace

void CountWatcher::saw(const Decided& decided) {
  if (decided.observation.repeated) return;
  const Counts counts = std::visit(CountsOf{decided.action}, decided.event);
  if (counts == Counts{}) return;
  counts_.add(account_of(decided.event), time_of(decided.event), counts);
}

}  // namespace postreeve
