#include "profile/activity.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <vector>

namespace postreeve {
namespace {

using namespace std::chrono_literals;

constexpr Timestamp kNow{std::chrono::sys_days{std::chrono::year{2026} / 3 / 2}};
constexpr Duration kHalfLife = 6h;

TEST(RiskState, KeepsTheStrongestInsideAGroup) {
  RiskState risk;
  risk.add(make_evidence(Reason::kNewNetworkOfProvider, 2));
  risk.add(make_evidence(Reason::kImpossibleSpeed, 5));
  risk.add(make_evidence(Reason::kNetworkChurn, 3));
  EXPECT_DOUBLE_EQ(risk.sum(), 5);
}

TEST(RiskState, AddsBetweenGroups) {
  RiskState risk;
  risk.add(make_evidence(Reason::kNewCountry, 4));
  risk.add(make_evidence(Reason::kMessagesThisHour, 3));
  risk.add(make_evidence(Reason::kRecipientsNeverWritten, 2));
  EXPECT_DOUBLE_EQ(risk.sum(), 9);
}

TEST(RiskState, LetsTheOwnersPlaceSpeakOnlyWhileNothingSpeaksAgainst) {
  RiskState risk;
  risk.add(make_evidence(Reason::kFamiliarNetwork, -3));
  EXPECT_DOUBLE_EQ(risk.sum(), -3);
  risk.add(make_evidence(Reason::kNewCountry, 4));
  EXPECT_DOUBLE_EQ(risk.sum(), 4);
  risk.add(make_evidence(Reason::kFamiliarNetwork, -3));
  EXPECT_DOUBLE_EQ(risk.sum(), 4);  // a thief beside the owner is not excused by him
}

TEST(RiskState, CountsNoGroupForMoreThanSixButOriginAndAnswers) {
  RiskState risk;
  risk.add(make_evidence(Reason::kMessagesThisHour, 8));
  EXPECT_DOUBLE_EQ(risk.sum(), 6);
  risk.add(make_evidence(Reason::kThiefsHost, 8));
  EXPECT_DOUBLE_EQ(risk.sum(), 14);
  risk.add(make_evidence(Reason::kRefusedRecipients, 8));
  EXPECT_DOUBLE_EQ(risk.sum(), 22);
}

TEST(RiskState, FadesByHalfInAHalfLife) {
  RiskState risk;
  risk.fade(kNow, kHalfLife);
  risk.add(make_evidence(Reason::kNewCountry, 4));
  risk.fade(kNow + 6h, kHalfLife);
  EXPECT_NEAR(risk.sum(), 2, 1e-5);
  risk.fade(kNow, kHalfLife);
  EXPECT_NEAR(risk.sum(), 2, 1e-5);  // time never runs back
}

TEST(RiskState, LetsTheOwnersPlaceSpeakAgainOnceASuspicionIsOver) {
  RiskState risk;
  risk.fade(kNow, kHalfLife);
  risk.add(make_evidence(Reason::kNewCountry, 4));
  risk.fade(kNow + std::chrono::days{7}, kHalfLife);
  risk.add(make_evidence(Reason::kFamiliarNetwork, -3));
  EXPECT_DOUBLE_EQ(risk.sum(), -3);
}

RC_GTEST_PROP(RiskState, NeverSumsToMoreThanItsGroupsMay, ()) {
  RiskState risk;
  const auto reasons =
      *rc::gen::container<std::vector<std::size_t>>(rc::gen::inRange<std::size_t>(0, kReasonCount));
  Timestamp now = kNow;
  for (const std::size_t reason : reasons) {
    risk.fade(now, kHalfLife);
    risk.add(make_evidence(static_cast<Reason>(reason), *rc::gen::inRange(-2000, 2000) / 100.0));
    RC_ASSERT(risk.sum() <= 6.0 * static_cast<double>(kGroupCount));
    RC_ASSERT(risk.sum() >= -8.0 * static_cast<double>(kGroupCount));
    now += std::chrono::seconds{*rc::gen::inRange(0, 40'000)};
  }
}

}  // namespace
}  // namespace postreeve
