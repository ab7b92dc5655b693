// Two nodes on one Redis judge as one node does, whichever of them sees an event.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <array>
#include <random>

#include "redis/redis_testing.h"
#include "scenario/world.h"
#include "store/redis/redis_account_store.h"
#include "store/redis/redis_shared_counters.h"

namespace postreeve {
namespace {

using namespace std::chrono_literals;

class Node {
 public:
  Node(const Policy& policy, const Locator& locator, const std::string& url)
      : client_(client_of(url)), engine_(policy, locator, HashKey{}, accounts_, counters_) {}

  Engine& engine() { return engine_; }
  void refresh(Timestamp now) {
    EXPECT_TRUE(accounts_.refresh());
    EXPECT_TRUE(counters_.refresh(now));
  }
  [[nodiscard]] std::uint64_t alone() const { return accounts_.health().alone; }

 private:
  std::unique_ptr<RedisClient> client_;
  RedisAccountStore accounts_{*client_};
  RedisSharedCounters counters_{*client_};
  Engine engine_;
};

// One node in memory, and two on a Redis between which every event is thrown at random.
class TwoNodes : public testing::TestWithParam<unsigned> {
 protected:
  Session session(const std::string& address, const std::string& helo) {
    return {IpAddress::parse(address), "", helo, Service::kSmtp};
  }

  void observe(const Event& event) {
    const std::size_t node = random_() % nodes_.size();
    alone_.observe(event, expected_);
    nodes_[node].engine().observe(event, got_);
    ASSERT_EQ(got_.verdict.action, expected_.verdict.action) << describe();
    ASSERT_EQ(got_.verdict.standing.level, expected_.verdict.standing.level) << describe();
    // How many accounts failed from a network is estimated by other sketches.
    ASSERT_NEAR(got_.verdict.risk, expected_.verdict.risk, 0.5) << describe();
    if (expected_.change)
      for (Node& one : nodes_) one.refresh(now_);
    if (expected_.verdict.action != Action::kAccept) ++refused_;
  }

  void send(const std::string& account, const Place& place, const std::vector<std::string>& recipients) {
    const std::string queue_id = fmt::format("Q{}", ++messages_);
    std::uint32_t accepted = 0;
    for (const std::string& recipient : recipients) {
      observe(Recipient{now_, account_of(account), session(place.address, place.helo), queue_id, account,
                        recipient});
      if (HasFatalFailure()) return;
      if (expected_.verdict.action != Action::kDefer && expected_.verdict.action != Action::kReject)
        ++accepted;
    }
    if (accepted == 0) return;
    Submission message;
    message.time = now_;
    message.account = account_of(account);
    message.session = session(place.address, place.helo);
    message.queue_id = queue_id;
    message.sender = account;
    message.subject = fmt::format("Offer {}", messages_ % 5);
    message.recipient_count = accepted;
    observe(message);
  }

  void log_in(const std::string& account, const Place& place, bool success) {
    Login login;
    login.time = now_;
    login.account = account_of(account);
    login.session = session(place.address, place.helo);
    login.success = success;
    login.reason = success ? LoginFailure::kNone : LoginFailure::kBadPassword;
    observe(login);
  }

  void answer(const std::string& account, const std::string& recipient, bool refused) {
    Delivery delivery;
    delivery.time = now_;
    delivery.account = account_of(account);
    delivery.recipient = recipient;
    delivery.status = refused ? DeliveryStatus::kBounced : DeliveryStatus::kSent;
    delivery.dsn = refused ? EnhancedStatus{5, 1, 1} : EnhancedStatus{2, 0, 0};
    observe(delivery);
  }

  [[nodiscard]] std::string describe() const {
    return fmt::format("after {} messages, seed {}", messages_, GetParam());
  }

  static Policy policy() {
    Policy policy;
    policy.limits.push_back({.name = "hourly", .when = {}, .amount = 60, .window = 1h});
    return policy;
  }

  std::minstd_rand random_{GetParam()};
  Policy policy_ = policy();
  Locator locator_;
  MemoryAccountStore accounts_;
  MemorySharedCounters counters_;
  Engine alone_{policy_, locator_, HashKey{}, accounts_, counters_};
  PrivateRedis redis_;
  std::array<Node, 2> nodes_{Node{policy_, locator_, redis_.url()}, Node{policy_, locator_, redis_.url()}};
  Observation expected_;
  Observation got_;
  Timestamp now_{std::chrono::sys_days{std::chrono::year{2026} / 3 / 2} + 8h};
  std::uint64_t messages_ = 0;
  std::uint64_t refused_ = 0;
};

TEST_P(TwoNodes, GiveTheVerdictsOfOne) {
  constexpr int kAccounts = 5;
  const auto account = [](int i) { return fmt::format("user{}@x.example", i); };
  const auto office = [](int i) { return Place{fmt::format("192.0.2.{}", 10 + i), fmt::format("pc{}", i)}; };
  for (int day = 0; day < 20; ++day) {
    for (int i = 0; i < kAccounts; ++i) {
      ASSERT_NO_FATAL_FAILURE(log_in(account(i), office(i), true));
      const auto to = fmt::format("contact{}@y.example", random_() % 6);
      ASSERT_NO_FATAL_FAILURE(send(account(i), office(i), {to}));
      ASSERT_NO_FATAL_FAILURE(answer(account(i), to, false));
      now_ += 17min;
    }
    now_ += 22h;
  }
  // One network guesses at all of them, is let in, reads, and then runs: loudly, slowly, to single people.
  const Place thief{"203.0.113.66", "User"};
  for (int i = 0; i < 3 * kAccounts; ++i)
    ASSERT_NO_FATAL_FAILURE(log_in(account(i % kAccounts), thief, false));
  for (int i = 0; i < kAccounts; ++i) {
    ASSERT_NO_FATAL_FAILURE(log_in(account(i), thief, true));
    const Duration pause = i % 2 == 0 ? Duration(20s) : Duration(9min);
    for (int message = 0; message < 12; ++message) {
      const auto victims =
          people(fmt::format("victim{}x{}x", i, message), i % 2 == 0 ? 8 : 1, "freemail.example");
      ASSERT_NO_FATAL_FAILURE(send(account(i), thief, victims));
      ASSERT_NO_FATAL_FAILURE(answer(account(i), victims.front(), message % 2 == 0));
      now_ += pause;
    }
    ASSERT_NO_FATAL_FAILURE(send(account(i), office(i), {"contact1@y.example"}));
  }
  EXPECT_GT(refused_, 100U);
  for (const Node& node : nodes_) EXPECT_EQ(node.alone(), 0U);
}

INSTANTIATE_TEST_SUITE_P(Seeds, TwoNodes, testing::Values(1U, 2U, 3U));

}  // namespace
}  // namespace postreeve
