#include "judge/ladder.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <set>
#include <utility>

namespace postreeve {
namespace {

using namespace std::chrono_literals;

constexpr Timestamp kNow{std::chrono::sys_days{std::chrono::year{2026} / 3 / 2}};
const Ladder kLadder;

RiskState evidence(std::initializer_list<float> nats) {
  RiskState risk;
  std::copy(nats.begin(), nats.end(), risk.nats.begin());
  return risk;
}

TEST(LevelFor, ClimbsRungByRung) {
  const std::pair<double, Level> rows[] = {
      {-20, Level::kClear}, {-3.51, Level::kClear}, {-3.5, Level::kWatched}, {-0.01, Level::kWatched},
      {0, Level::kSlowed},  {1.24, Level::kSlowed}, {1.25, Level::kHeld},    {40, Level::kHeld}};
  for (const auto& [risk, level] : rows) {
    EXPECT_EQ(level_for(risk, evidence({8}), false, kLadder), level) << risk;
  }
}

TEST(LevelFor, SuspendsOnStrongEvidenceOfTwoGroupsOnly) {
  EXPECT_EQ(level_for(7, evidence({8, 2.9F, 2.9F}), false, kLadder), Level::kHeld);
  EXPECT_EQ(level_for(7, evidence({8, 3.0F}), false, kLadder), Level::kSuspended);
  EXPECT_EQ(level_for(6.4, evidence({8, 3.0F}), false, kLadder), Level::kHeld);
}

TEST(LevelFor, SuspendsOnOneConclusiveFinding) {
  EXPECT_EQ(level_for(-7, evidence({}), true, kLadder), Level::kSuspended);
}

RC_GTEST_PROP(LevelFor, NeverFallsWhenTheRiskRises, ()) {
  const RiskState groups =
      evidence({static_cast<float>(*rc::gen::inRange(-8, 9)), static_cast<float>(*rc::gen::inRange(-8, 9)),
                static_cast<float>(*rc::gen::inRange(-8, 9))});
  const double risk = *rc::gen::inRange(-3000, 3000) / 100.0;
  const double more = risk + *rc::gen::inRange(0, 1000) / 100.0;
  RC_ASSERT(level_for(risk, groups, false, kLadder) <= level_for(more, groups, false, kLadder));
}

TEST(RiskOf, StartsAtThePriorAndAddsTheGroups) {
  AccountRecord record;
  EXPECT_DOUBLE_EQ(risk_of(record, record.owner, kNow, kLadder), kLadder.prior);
  record.owner.risk = evidence({4, 3});
  EXPECT_DOUBLE_EQ(risk_of(record, record.owner, kNow, kLadder), kLadder.prior + 7);
}

// The level that the most of one group's findings comes to.
Level level_for_group(Group group) {
  AccountRecord record;
  record.owner.risk.nats[static_cast<std::size_t>(group)] = static_cast<float>(kMaxNats);
  const double risk = risk_of(record, record.owner, kNow, kLadder);
  return level_for(risk, record.owner.risk, false, kLadder);
}

TEST(RiskOf, LetsThePlaceOfThievesAndADayOfRefusalsSlowAndNothingElseAlone) {
  for (const Group group : {Group::kVolume, Group::kRecipients, Group::kContent})
    EXPECT_EQ(level_for_group(group), Level::kWatched) << static_cast<int>(group);
  for (const Group group : {Group::kOrigin, Group::kAnswers})
    EXPECT_EQ(level_for_group(group), Level::kSlowed) << static_cast<int>(group);
}

TEST(RiskOf, IsHigherOnProbation) {
  AccountRecord record;
  record.standing.level = Level::kRecovering;
  EXPECT_DOUBLE_EQ(risk_of(record, record.owner, kNow, kLadder), kLadder.prior + 1.5);
}

TEST(RiskOf, IsLowerForThirtyDaysAfterAPersonSaidItWasTheOwner) {
  AccountRecord record;
  record.dismissed = to_seconds32(kNow);
  EXPECT_DOUBLE_EQ(risk_of(record, record.owner, kNow + 29 * 24h, kLadder), kLadder.prior - 3);
  EXPECT_DOUBLE_EQ(risk_of(record, record.owner, kNow + 30 * 24h, kLadder), kLadder.prior);
}

TEST(EndOf, IsTwoHoursADayOrThirtyDays) {
  const std::pair<Level, std::uint32_t> rows[] = {
      {Level::kClear, 0},          {Level::kWatched, 0},       {Level::kSuspended, 0},
      {Level::kSlowed, 2 * 3'600}, {Level::kHeld, 24 * 3'600}, {Level::kRecovering, 30 * 86'400}};
  for (const auto& [level, seconds] : rows) {
    EXPECT_EQ(end_of(level, kNow, kLadder), seconds == 0 ? 0 : to_seconds32(kNow) + seconds)
        << to_text(level);
  }
}

TEST(LetExpire, EndsAStandingAtItsTime) {
  Standing standing{.since = to_seconds32(kNow),
                    .until = to_seconds32(kNow + 2h),
                    .incident = {5},
                    .level = Level::kSlowed};
  let_expire(standing, kNow + 2h - 1s);
  EXPECT_EQ(standing.level, Level::kSlowed);
  let_expire(standing, kNow + 5h);
  EXPECT_EQ(standing.level, Level::kClear);
  EXPECT_EQ(standing.since, to_seconds32(kNow + 2h));  // then it ended, whenever it is noticed
  EXPECT_EQ(standing.until, 0U);
  EXPECT_EQ(standing.incident.value, 5U);  // the story may go on
}

TEST(LetExpire, NeverEndsASuspension) {
  Standing standing;
  standing.level = Level::kSuspended;
  const Standing before = standing;
  let_expire(standing, kNow + 24h * 3650);
  EXPECT_EQ(standing, before);
}

TEST(IncidentIdOf, IsOfAccountAndMomentAndNeverZero) {
  std::set<IncidentId> ids;
  for (std::uint64_t account = 0; account < 20; ++account) {
    for (int i = 0; i < 20; ++i) ids.insert(incident_id({account, 7}, kNow + Duration{i}));
  }
  EXPECT_EQ(ids.size(), 400U);
  EXPECT_EQ(incident_id({1, 2}, kNow), incident_id({1, 2}, kNow));
  for (const IncidentId id : ids) EXPECT_TRUE(id.known());
}

}  // namespace
}  // namespace postreeve
