#include "replay/tally.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace postreeve {
namespace {

using ::testing::SizeIs;

class Traffic : public ::testing::Test {
 protected:
  void login(const std::string& account, const std::string& from, bool success) {
    Login login;
    login.time = time_;
    login.account = *AccountId::from_login(account, "x.example");
    login.session.client_address = IpAddress::parse(from);
    login.success = success;
    add(login);
  }
  void send(const std::string& account, std::size_t recipients) {
    Submission submission;
    submission.time = time_;
    submission.account = *AccountId::from_login(account, "x.example");
    submission.recipients.assign(recipients, "b@y.example");
    add(submission);
  }
  void deliver(const std::string& account, const std::string& recipient, DeliveryStatus status) {
    Delivery delivery;
    delivery.time = time_;
    delivery.account = *AccountId::from_login(account, "x.example");
    delivery.recipient = recipient;
    delivery.status = status;
    add(delivery);
  }
  void add(const Event& event) { tally_.add(accounts_.number_of(account_of(event)), event); }

  Timestamp time_ = *parse_rfc3339("2026-03-02T08:00:00Z");
  AccountBook accounts_;
  Locator locator_;
  Tally tally_{accounts_, locator_};
};

TEST_F(Traffic, IsCountedByKind) {
  login("a", "192.0.2.1", true);
  send("a", 3);
  time_ += std::chrono::hours{1};
  deliver("a", "b@y.example", DeliveryStatus::kSent);
  add(CredentialChange{time_, *AccountId::from_login("a", "x.example")});
  const TrafficReport report = tally_.report();
  EXPECT_EQ(report.events.login, 1U);
  EXPECT_EQ(report.events.submission, 1U);
  EXPECT_EQ(report.events.delivery, 1U);
  EXPECT_EQ(report.events.other, 1U);
  EXPECT_EQ(report.accounts, 1U);
  EXPECT_EQ(*report.last - *report.first, std::chrono::hours{1});
}

TEST_F(Traffic, NamesThatOnlyFailToLogInAreNoAccounts) {
  login("a", "192.0.2.1", true);
  login("nobody", "198.51.100.1", false);
  EXPECT_EQ(tally_.report().accounts, 1U);
}

TEST_F(Traffic, SortsSendersByRecipients) {
  send("many-messages", 1);
  send("many-messages", 1);
  send("many-recipients", 9);
  const auto senders = tally_.report().top_senders;
  ASSERT_THAT(senders, SizeIs(2));
  EXPECT_EQ(senders[0].account, "many-recipients@x.example");
  EXPECT_EQ(senders[1].messages, 2U);
}

TEST_F(Traffic, CountsGuessesByNetworkAndDistinctNames) {
  for (int i = 0; i < 12; ++i) login("a" + std::to_string(i % 3), "198.51.100." + std::to_string(i), false);
  login("a0", "203.0.113.1", false);  // a slip
  const auto guessing = tally_.report().guessing;
  ASSERT_THAT(guessing, SizeIs(1));
  EXPECT_EQ(guessing[0].network.to_string(), "198.51.100.0/24");
  EXPECT_EQ(guessing[0].failures, 12U);
  EXPECT_EQ(guessing[0].accounts, 3U);
}

TEST_F(Traffic, CountsRefusalsByAccountAndDestination) {
  for (int i = 0; i < 4; ++i) deliver("a", "b@Y.example", DeliveryStatus::kBounced);
  deliver("a", "b@y.example", DeliveryStatus::kSent);
  deliver("a", "b@y.example", DeliveryStatus::kDeferred);
  deliver("b", "b@z.example", DeliveryStatus::kBounced);  // one says nothing
  const TrafficReport report = tally_.report();
  ASSERT_THAT(report.refusals_by_account, SizeIs(1));
  EXPECT_EQ(report.refusals_by_account[0].refused, 4U);
  EXPECT_EQ(report.refusals_by_account[0].rate(), 0.8);
  ASSERT_THAT(report.refusals_by_destination, SizeIs(1));
  EXPECT_EQ(report.refusals_by_destination[0].name, "y.example");
}

}  // namespace
}  // namespace postreeve
