#include "finding/standing.h"

#include <gtest/gtest.h>

#include <set>
#include <string_view>

#include "finding/incident.h"
#include "finding/verdict.h"

namespace postreeve {
namespace {

TEST(Level, TouchesMailFromSlowedOn) {
  for (const Level level : {Level::kClear, Level::kWatched, Level::kRecovering}) {
    EXPECT_FALSE(is_restriction(level)) << to_text(level);
  }
  for (const Level level : {Level::kSlowed, Level::kHeld, Level::kSuspended}) {
    EXPECT_TRUE(is_restriction(level)) << to_text(level);
  }
}

TEST(Level, IsInTheOrderOfSeverity) {
  EXPECT_LT(Level::kClear, Level::kWatched);
  EXPECT_LT(Level::kWatched, Level::kSlowed);
  EXPECT_LT(Level::kSlowed, Level::kHeld);
  EXPECT_LT(Level::kHeld, Level::kSuspended);
}

TEST(Action, IsInTheOrderOfSeverity) {
  EXPECT_LT(Action::kAccept, Action::kDefer);
  EXPECT_LT(Action::kDefer, Action::kDivert);
  EXPECT_LT(Action::kDivert, Action::kHold);
  EXPECT_LT(Action::kHold, Action::kReject);
}

TEST(StandingWords, AreAllDifferent) {
  std::set<std::string_view> words;
  for (int i = 0; i < 6; ++i) words.insert(to_text(static_cast<Level>(i)));
  for (int i = 0; i < 5; ++i) words.insert(to_text(static_cast<Action>(i)));
  for (const Scope scope : {Scope::kUnfamiliarOrigins, Scope::kWholeAccount}) words.insert(to_text(scope));
  EXPECT_EQ(words.size(), 13U);
  EXPECT_EQ(to_text(Level::kSuspended), "suspended");
  EXPECT_EQ(to_text(Scope::kUnfamiliarOrigins), "unfamiliar_origins");
  EXPECT_EQ(to_text(Action::kDivert), "divert");
}

TEST(Reply, BeginsWithItsCodeAndEnhancedStatus) {
  const std::pair<Reply, std::string_view> rows[] = {{Reply::kSlowed, "451 4.7.1 "},
                                                     {Reply::kFlood, "450 4.7.28 "},
                                                     {Reply::kTooManyRecipients, "452 4.5.3 "},
                                                     {Reply::kAbused, "451 4.7.1 "},
                                                     {Reply::kDisabled, "525 5.7.13 "},
                                                     {Reply::kPolicy, "554 5.7.1 "}};
  for (const auto& [reply, start] : rows) EXPECT_TRUE(to_text(reply).starts_with(start)) << to_text(reply);
  EXPECT_EQ(to_text(Reply::kNone), "");
}

TEST(IncidentId, IsSixteenHexadecimalDigits) {
  EXPECT_EQ(IncidentId{0x1aU}.to_string(), "000000000000001a");
  EXPECT_EQ(IncidentId{UINT64_MAX}.to_string(), "ffffffffffffffff");
  EXPECT_FALSE(IncidentId{}.known());
  EXPECT_TRUE(IncidentId{1}.known());
}

TEST(Standing, IsClearWhenNothingIsKnown) {
  const Standing standing;
  EXPECT_EQ(standing.level, Level::kClear);
  EXPECT_EQ(standing.scope, Scope::kUnfamiliarOrigins);
  EXPECT_EQ(standing.until, 0U);
  EXPECT_FALSE(standing.incident.known());
}

}  // namespace
}  // namespace postreeve
