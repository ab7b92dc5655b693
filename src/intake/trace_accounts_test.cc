#include "intake/trace_accounts.h"

#include <gtest/gtest.h>

namespace postreeve {
namespace {

Event submission(const std::string& queue_id, const std::string& account) {
  Submission event;
  event.queue_id = queue_id;
  event.account = AccountId::from_login(account, "").value_or(AccountId{});
  return event;
}

// The account that a delivery gets; empty when nobody sent its message.
std::string account_of_delivery(TraceAccounts& accounts, const std::string& queue_id) {
  Delivery delivery;
  delivery.queue_id = queue_id;
  Event event = delivery;
  return accounts.settle(event) ? account_of(event).text() : "";
}

TEST(TraceAccounts, RemembersTheLatestMessagesAndForgetsOldOnes) {
  TraceAccounts accounts(100);
  for (int i = 0; i < 5000; ++i) {
    auto event = submission("Q" + std::to_string(i), "user" + std::to_string(i % 7));
    EXPECT_TRUE(accounts.settle(event));
  }
  for (int i = 4900; i < 5000; ++i) {
    EXPECT_EQ(account_of_delivery(accounts, "Q" + std::to_string(i)), "user" + std::to_string(i % 7));
  }
  EXPECT_EQ(account_of_delivery(accounts, "Q100"), "");
  EXPECT_EQ(account_of_delivery(accounts, ""), "");
}

TEST(TraceAccounts, BelievesTheLatestUse) {
  TraceAccounts accounts(100);
  for (const std::string user : {"a", "b"}) {
    auto event = submission("Q", user);
    EXPECT_TRUE(accounts.settle(event));
  }
  EXPECT_EQ(account_of_delivery(accounts, "Q"), "b");
  auto nobodys = submission("Q", "");
  EXPECT_FALSE(accounts.settle(nobodys));
  EXPECT_EQ(account_of_delivery(accounts, "Q"), "");
}

TEST(TraceAccounts, LeavesAnAccountThatIsNamed) {
  TraceAccounts accounts(100);
  Delivery delivery;
  delivery.queue_id = "unknown";
  delivery.account = *AccountId::from_login("a", "");
  Event event = delivery;
  EXPECT_TRUE(accounts.settle(event));
  EXPECT_EQ(account_of(event).text(), "a");
}

}  // namespace
}  // namespace postreeve
