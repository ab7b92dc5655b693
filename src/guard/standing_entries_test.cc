#include "guard/standing_entries.h"

#include <gtest/gtest.h>

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

}  // namespace
}  // namespace postreeve
