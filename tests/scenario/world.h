// A small world for scenarios: accounts with a past, and what happens to them next.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "engine/engine.h"
#include "engine/message.h"
#include "net/locator.h"
#include "store/memory_account_store.h"
#include "store/memory_shared_counters.h"

namespace postreeve {

// Where somebody sits. Without geography the /16 stands for the provider.
struct Place {
  std::string address;
  std::string helo;
};

// Drives an engine in event time. Every message gets its own queue ID.
class World {
 public:
  explicit World(Policy policy = {}, Locator locator = {});

  Timestamp now() const { return now_; }
  void pass(Duration duration) { now_ += duration; }

  // One message from `place`; returns what became of it.
  MessageOutcome send(const std::string& account, const Place& place,
                      const std::vector<std::string>& recipients, Submission extra = {});
  void login(const std::string& account, const Place& place, bool success = true,
             Service service = Service::kImap);
  Observation answer(const std::string& account, const std::string& queue_id, const std::string& recipient,
                     bool refused, std::string_view dsn = "5.1.1");
  Observation observe(const Event& event);
  const std::string& last_queue_id() const { return queue_id_; }

  // A settled office worker: `days` of logins and a few messages a workday from the office, to
  // contacts that slowly grow.
  void live(const std::string& account, const Place& office, int days, int messages_a_day = 4);

  std::vector<StandingChange> changes;

 private:
  Policy policy_;
  Locator locator_;
  MemoryAccountStore accounts_;
  MemorySharedCounters counters_;
  Engine engine_;
  MessageJudge judge_;
  Timestamp now_{std::chrono::sys_days{std::chrono::year{2026} / 3 / 2} + std::chrono::hours{8}};
  std::string queue_id_;
  std::uint64_t messages_ = 0;
};

[[nodiscard]] AccountId account_of(const std::string& login);
// "name0@x.example" ... "name<count-1>@x.example"
[[nodiscard]] std::vector<std::string> people(std::string_view name, int count,
                                              std::string_view domain = "y.example");

}  // namespace postreeve
