#include "app/count_watcher.h"

#include <variant>

#include "detect/refusals.h"

namespace postreeve {
namespace {

// What one event adds, as the mail server was told.
struct CountsOf {
  Action action;

  Counts operator()(const Recipient&) const {
    const bool is_refused = action == Action::kDefer || action == Action::kReject;
    Counts counts;
    (is_refused ? counts.refused : counts.recipients) = 1;
    return counts;
  }
  Counts operator()(const Submission&) const {
    Counts counts;
    if (action != Action::kDefer && action != Action::kReject) counts.messages = 1;
    return counts;
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
