#include "guard/standing_entries.h"

#include <gtest/gtest.h>

#include <span>

namespace postreeve {
namespace {

Observation observation_of(const Standing& before, const Standing& after, Level in_force) {
  Observation observation;
  observation.change = StandingChange{};
  observation.change->before = before;
  observation.change->after = after;
  observation.verdict.in_force = in_force;
  return observation;
}

StandingEntry entry_of(const Observation& observation) {
  Login login;
  login.account = *AccountId::from_login("anna@x.example", "");
  return standing_entry(login, observation, {}, {});
}

TEST(StandingEntry, SaysWhatHappensToTheOwnerWhenTheStandingDoesNot) {
  Standing suspended;
  suspended.level = Level::kSuspended;
  EXPECT_EQ(entry_of(observation_of(suspended, suspended, Level::kSlowed)).reason,
            "what comes from the owner's own places is slowed too");
  EXPECT_EQ(entry_of(observation_of({}, suspended, Level::kSuspended)).reason, "");
  Standing whole = suspended;
  whole.scope = Scope::kWholeAccount;
  EXPECT_EQ(entry_of(observation_of(suspended, whole, Level::kSuspended)).reason, "");
}

// It would be told to the owner, reported, and looked for in the queue as the thief's.
TEST(StandingEntry, NamesNoWebServersAddressAsTheClients) {
  const Prefix servers = *Prefix::parse("192.0.2.0/24");
  Policy policy;
  policy.webmail_networks = PrefixSet(std::span(&servers, 1));
  Submission message;
  message.account = *AccountId::from_login("anna@x.example", "");
  const auto client_from = [&](std::string_view address) {
    message.session.client_address = IpAddress::parse(address);
    return standing_entry(message, observation_of({}, {}, Level::kHeld), {}, policy).client;
  };
  EXPECT_EQ(client_from("192.0.2.7"), "");
  EXPECT_EQ(client_from("203.0.113.7"), "203.0.113.7");
  EXPECT_EQ(client_from("127.0.0.1"), "") << "a webmail on the same machine";
  message.session.service = Service::kWebmail;
  EXPECT_EQ(client_from("203.0.113.7"), "") << "whoever tells of it";
}

// Whom the webmail names at a login is the person.
TEST(StandingEntry, NamesWhereALoginToTheWebmailCameFrom) {
  Login login;
  login.account = *AccountId::from_login("anna@x.example", "");
  login.session.service = Service::kWebmail;
  login.session.client_address = IpAddress::parse("203.0.113.7");
  EXPECT_EQ(standing_entry(login, observation_of({}, {}, Level::kHeld), {}, {}).client, "203.0.113.7");
}

TEST(HoldsBeyond, TellsARecordThatWentOnFromOneThatIsOlder) {
  const Standing slowed{.since = 100, .until = 200, .incident = {7}, .level = Level::kSlowed};
  const auto with = [&](auto change) {
    Standing standing = slowed;
    change(standing);
    return standing;
  };
  const Standing longer = with([](Standing& s) { s.until = 300; });
  const Standing held = with([](Standing& s) { s.level = Level::kHeld; });
  const Standing lifted = with([](Standing& s) { s.level = Level::kRecovering; });
  const Standing another = with([](Standing& s) { s.incident = {8}; });
  EXPECT_TRUE(holds_beyond(longer, slowed));
  EXPECT_TRUE(holds_beyond(held, slowed));
  EXPECT_FALSE(holds_beyond(slowed, slowed));
  EXPECT_FALSE(holds_beyond(slowed, longer));
  EXPECT_FALSE(holds_beyond(slowed, held));
  EXPECT_FALSE(holds_beyond(lifted, slowed));
  EXPECT_FALSE(holds_beyond(longer, another));
  // Of one that was lifted in the meantime.
  EXPECT_FALSE(holds_beyond(held, lifted));
  EXPECT_TRUE(holds_beyond(with([](Standing& s) { s.since = 101; }), lifted));
}

}  // namespace
}  // namespace postreeve
