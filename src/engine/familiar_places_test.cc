#include "engine/familiar_places.h"

#include <gtest/gtest.h>

#include "engine/engine.h"
#include "store/memory_account_store.h"
#include "store/memory_shared_counters.h"

namespace postreeve {
namespace {

class FamiliarPlacesTest : public ::testing::Test {
 protected:
  const HashKey key{{7}};
  const Policy policy;
  const Locator nowhere;
  MemoryAccountStore accounts;
  MemorySharedCounters counters;
  Engine engine{policy, nowhere, key, accounts, counters};
  const FamiliarPlaces places{accounts, key};
  const AccountId owner = *AccountId::from_login("a@x.example", "");
  const IpAddress home = *IpAddress::parse("198.51.100.7");
  Observation observation;
};

TEST_F(FamiliarPlacesTest, AreWhereTheAccountWasUsedOnThreeDays) {
  Login login;
  login.time = *parse_rfc3339("2026-03-02T08:00:00Z");
  login.account = owner;
  login.session.client_address = home;
  login.session.service = Service::kImap;
  for (int day = 0; day < 3; ++day) {
    EXPECT_FALSE(places.knows(owner, home)) << day;
    login.success = false;
    engine.observe(login, observation);
    login.success = true;
    login.time += std::chrono::minutes(1);
    engine.observe(login, observation);
    login.time += std::chrono::days(1);
  }
  EXPECT_TRUE(places.knows(owner, home));
  EXPECT_TRUE(places.knows(owner, *IpAddress::parse("198.51.100.200")));
  EXPECT_FALSE(places.knows(owner, *IpAddress::parse("198.51.101.7")));
  EXPECT_FALSE(places.knows(*AccountId::from_login("b@x.example", ""), home));
}

TEST_F(FamiliarPlacesTest, AreSentFromOnTwoDaysBefore) {
  Submission message;
  message.account = owner;
  message.sender = owner.text();
  message.recipients = {"friend@y.example"};
  message.recipient_count = 1;
  message.session.client_address = home;
  message.session.helo_name = "desk.x.example";
  const auto sent_on = [&](int day) {
    message.time = *parse_rfc3339("2026-03-02T08:00:00Z") + std::chrono::days(day);
    message.queue_id = "4jcc" + std::to_string(day);
    engine.observe(message, observation);
  };
  sent_on(0);
  sent_on(1);
  EXPECT_TRUE(places.sent_from(owner, message.time).empty()) << "what is sent today counts from tomorrow on";
  const Timestamp tomorrow = message.time + std::chrono::days(1);
  EXPECT_EQ(places.sent_from(owner, tomorrow),
            std::vector{places.key_of(*IpAddress::parse("198.51.100.200"))});
  EXPECT_TRUE(places.sent_from(*AccountId::from_login("b@x.example", ""), tomorrow).empty());
}

}  // namespace
}  // namespace postreeve
