#include "bench/act_events.h"

#include <fmt/format.h>

namespace postreeve::bench {

Login login_of(const Life& life, const Act& act) {
  Login login;
  login.time = act.time;
  login.account = life.account();
  login.session = {act.address, "", "", Service::kImap};
  login.success = true;
  return login;
}

Submission submission_of(const Life& life, const Act& act, std::uint64_t message) {
  Submission submission;
  submission.time = act.time;
  submission.account = life.account();
  submission.session = {act.address, "", life.device(act.device).helo_name, Service::kSmtp};
  submission.queue_id = fmt::format("{}Q{}", act.account, message);
  submission.sender = life.account().text();
  for (const std::uint32_t contact : act.contacts) submission.recipients.push_back(life.contact(contact));
  submission.recipient_count = static_cast<std::uint32_t>(act.contacts.size());
  submission.size = act.size;
  return submission;
}

Delivery delivery_of(const Act& act, const Submission& submission) {
  Delivery delivery;
  delivery.time = act.time + std::chrono::seconds{2};
  delivery.account = submission.account;
  delivery.queue_id = submission.queue_id;
  delivery.recipient = submission.recipients.front();
  delivery.status = act.is_refused ? DeliveryStatus::kBounced : DeliveryStatus::kSent;
  delivery.dsn = act.is_refused ? EnhancedStatus{5, 1, 1} : EnhancedStatus{2, 0, 0};
  return delivery;
}

}  // namespace postreeve::bench
