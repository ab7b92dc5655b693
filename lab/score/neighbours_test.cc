#include "lab/score/neighbours.h"

#include <gtest/gtest.h>

#include "lab/random.h"

namespace postreeve::lab {
namespace {

constexpr Timestamp kStart{std::chrono::sys_days{std::chrono::year{2026} / 3 / 2}};

// Submissions of one account, and whether they got out.
struct Client {
  explicit Client(const NeighbourRule& rule) : door(rule, locator) {}

  bool sends(double hour, const std::string& address = "192.0.2.1") {
    Submission submission;
    submission.time = kStart + hours(hour);
    submission.account = *AccountId::from_login("anna@x.example", "");
    submission.session.client_address = IpAddress::parse(address);
    submission.recipients = {"b@y.example"};
    const Ruling& ruling = door.submit(submission);
    changes += ruling.changes.size();
    return ruling.fates.at(0) == Fate::kOut;
  }

  Locator locator;
  NeighbourDoor door;
  std::size_t changes = 0;
};

TEST(NeighbourRule, lets_out_so_many_messages_an_hour) {
  Client client({.name = "", .says = "", .messages_an_hour = 2});
  EXPECT_TRUE(client.sends(0));
  EXPECT_TRUE(client.sends(0.5));
  EXPECT_FALSE(client.sends(0.9));
  EXPECT_TRUE(client.sends(1.0));  // the first is an hour ago
}

TEST(NeighbourRule, lets_out_so_many_messages_a_day) {
  Client client({.name = "", .says = "", .messages_a_day = 2});
  EXPECT_TRUE(client.sends(0));
  EXPECT_TRUE(client.sends(10));
  EXPECT_FALSE(client.sends(23.9));
  EXPECT_TRUE(client.sends(24));
}

TEST(NeighbourRule, refuses_who_comes_from_too_many_addresses) {
  Client client({.name = "", .says = "", .addresses_a_day = 1});
  EXPECT_TRUE(client.sends(0, "192.0.2.1"));
  EXPECT_FALSE(client.sends(1, "192.0.2.2"));
  EXPECT_TRUE(client.sends(24.5, "192.0.2.2"));
}

TEST(NeighbourRule, tells_when_refusing_begins_and_ends) {
  Client client({.name = "", .says = "", .messages_an_hour = 1});
  for (const double hour : {0.0, 0.1, 0.2, 1.0}) client.sends(hour);
  EXPECT_EQ(client.changes, 2U);
}

TEST(NeighbourRule, is_found_by_its_name) {
  for (const NeighbourRule& rule : neighbour_rules()) EXPECT_EQ(neighbour_rule(rule.name), &rule);
  EXPECT_EQ(neighbour_rule("mine"), nullptr);
}

}  // namespace
}  // namespace postreeve::lab
