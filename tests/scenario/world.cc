#include "scenario/world.h"

#include <fmt/format.h>

namespace postreeve {

AccountId account_of(const std::string& login) {
  return *AccountId::from_login(login, "");
}

std::vector<std::string> people(std::string_view name, int count, std::string_view domain) {
  std::vector<std::string> all;
  for (int i = 0; i < count; ++i) all.push_back(fmt::format("{}{}@{}", name, i, domain));
  return all;
}

World::World(Policy policy, Locator locator)
    : policy_(std::move(policy)),
      locator_(std::move(locator)),
      engine_(policy_, locator_, HashKey{}, accounts_, counters_),
      judge_(engine_) {}

MessageOutcome World::send(const std::string& account, const Place& place,
                           const std::vector<std::string>& recipients, Submission extra) {
  queue_id_ = fmt::format("Q{}", ++messages_);
  Submission message = std::move(extra);
  message.time = now_;
  message.account = account_of(account);
  message.session = {IpAddress::parse(place.address), "", place.helo, Service::kSmtp};
  message.queue_id = queue_id_;
  if (message.sender.empty()) message.sender = account;
  message.recipients = recipients;
  message.recipient_count = static_cast<std::uint32_t>(recipients.size());
  const MessageOutcome& outcome = judge_.judge(message);
  changes.insert(changes.end(), outcome.changes.begin(), outcome.changes.end());
  return outcome;
}

void World::login(const std::string& account, const Place& place, bool success, Service service) {
  Login login;
  login.time = now_;
  login.account = account_of(account);
  login.session = {IpAddress::parse(place.address), "", "", service};
  login.success = success;
  login.reason = success ? LoginFailure::kNone : LoginFailure::kBadPassword;
  observe(login);
}

Observation World::answer(const std::string& account, const std::string& queue_id,
                          const std::string& recipient, bool refused, std::string_view dsn) {
  Delivery delivery;
  delivery.time = now_;
  delivery.account = account_of(account);
  delivery.queue_id = queue_id;
  delivery.recipient = recipient;
  delivery.status = refused ? DeliveryStatus::kBounced : DeliveryStatus::kSent;
  delivery.dsn = refused ? *EnhancedStatus::parse(dsn) : EnhancedStatus{2, 0, 0};
  return observe(delivery);
}

Observation World::observe(const Event& event) {
  Observation observation;
  engine_.observe(event, observation);
  if (observation.change) changes.push_back(*observation.change);
  return observation;
}

void World::live(const std::string& account, const Place& office, int days, int messages_a_day) {
  for (int day = 0; day < days; ++day) {
    for (int i = 0; i < messages_a_day; ++i) {
      login(account, office);
      pass(std::chrono::minutes{5});
      // Nine of ten messages go to one of twenty contacts.
      const int n = day * messages_a_day + i;
      const std::string to =
          n % 10 == 9 ? fmt::format("new{}@z.example", n) : fmt::format("contact{}@y.example", n % 20);
      send(account, office, {to});
      pass(std::chrono::minutes{115});
    }
    pass(std::chrono::hours{24} - messages_a_day * std::chrono::hours{2});
  }
}

}  // namespace postreeve
