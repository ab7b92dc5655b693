// An engine with a past in memory: for tests only.
#pragma once

#include <string>
#include <string_view>

#include "engine/engine.h"
#include "store/memory_account_store.h"
#include "store/memory_shared_counters.h"

namespace postreeve {

inline const std::string kAnna = "anna@x.example";
inline const std::string kOfficeAddress = "192.0.2.10";
inline const std::string kThiefsAddress = "203.0.113.66";

[[nodiscard]] inline AccountId account_named(std::string_view login) {
  return *AccountId::from_login(login, "");
}

[[nodiscard]] inline Session session_from(std::string_view address, std::string_view helo = "anna-pc") {
  return {IpAddress::parse(address), "", std::string(helo), Service::kSmtp};
}

// Makes events of Anna's at `now`.
struct EventMaker {
  Timestamp now{std::chrono::sys_days{std::chrono::year{2026} / 3 / 2} + std::chrono::hours{8}};

  [[nodiscard]] Login login_event(std::string_view address, bool success = true) const {
    Login login;
    login.time = now;
    login.account = account_named(kAnna);
    login.session = session_from(address);
    login.success = success;
    login.reason = success ? LoginFailure::kNone : LoginFailure::kBadPassword;
    return login;
  }

  [[nodiscard]] Recipient recipient_event(std::string_view address, std::string_view to,
                                          std::string_view transaction) const {
    Recipient asked;
    asked.time = now;
    asked.account = account_named(kAnna);
    asked.session = session_from(address);
    asked.transaction = transaction;
    asked.sender = kAnna;
    asked.recipient = to;
    return asked;
  }

  [[nodiscard]] Submission submission_event(std::string_view address, std::string_view queue_id) const {
    Submission sent;
    sent.time = now;
    sent.account = account_named(kAnna);
    sent.session = session_from(address);
    sent.queue_id = queue_id;
    sent.sender = kAnna;
    sent.recipient_count = 1;
    return sent;
  }

  [[nodiscard]] Delivery delivery_event(std::string_view queue_id, DeliveryStatus status,
                                        EnhancedStatus dsn) const {
    Delivery report;
    report.time = now;
    report.account = account_named(kAnna);
    report.queue_id = queue_id;
    report.recipient = "b@y.example";
    report.status = status;
    report.dsn = dsn;
    return report;
  }
};

class EngineRoom : public EventMaker {
 public:
  explicit EngineRoom(Policy policy_of_the_operator = {})
      : policy(std::move(policy_of_the_operator)), engine(policy, locator, key, accounts, counters) {}

  Policy policy;
  Locator locator;
  HashKey key;
  MemoryAccountStore accounts;
  MemorySharedCounters counters;
  Engine engine;
  Observation observation;

  const Observation& observe(const Event& event) {
    engine.observe(event, observation);
    return observation;
  }

  // A month of one message a day to one of ten friends, from the office.
  void live(int days = 30) {
    for (int day = 0; day < days; ++day) {
      const std::string id = "L" + std::to_string(day);
      observe(recipient_event(kOfficeAddress, "friend" + std::to_string(day % 10) + "@y.example", id));
      observe(submission_event(kOfficeAddress, id));
      now += std::chrono::hours{24};
    }
  }

  // What is remembered of Anna.
  [[nodiscard]] AccountRecord record() {
    struct Copy final : RecordStep {
      AccountRecord record;
      void run(AccountRecord& stored) override { record = stored; }
    } copy;
    accounts.update(keyed_hash(key, kAnna), copy);
    return copy.record;
  }
};

}  // namespace postreeve
