#include <gtest/gtest.h>

#include "detect/scene_testing.h"

namespace postreeve {
namespace {

Stage asks_canary(Side side) {
  Stage stage = settled_account();
  stage.kind = StepKind::kRecipient;
  stage.side = side;
  stage.recipient.is_canary = true;
  stage.recipient.address = "trap@canary.example";
  return stage;
}

TEST(CanaryRecipient, IsConclusiveFromAnUnfamiliarOrigin) {
  const auto evidence = weigh_canary_recipient(asks_canary(Side::kStranger).scene());
  ASSERT_EQ(reason_of(evidence), Reason::kCanaryHit);
  EXPECT_TRUE(evidence->conclusive);
  EXPECT_EQ(nats_of(evidence), 8);
  EXPECT_EQ(std::get<ShortText>(evidence->arguments[0]).text(), "trap@canary.example");
}

TEST(CanaryRecipient, IsNotConclusiveForAShopOnWhoseFormSomebodyTypedIt) {
  for (const Side side : {Side::kEstablished, Side::kUnsettled}) {
    const auto evidence = weigh_canary_recipient(asks_canary(side).scene());
    EXPECT_FALSE(evidence->conclusive);
    EXPECT_EQ(nats_of(evidence), 3);
  }
}

TEST(CanaryRecipient, SaysNothingOfOtherRecipientsAndSteps) {
  Stage stage = asks_canary(Side::kStranger);
  stage.recipient.is_canary = false;
  EXPECT_FALSE(weigh_canary_recipient(stage.scene()));
  stage = asks_canary(Side::kStranger);
  stage.kind = StepKind::kMessage;
  EXPECT_FALSE(weigh_canary_recipient(stage.scene()));
}

}  // namespace
}  // namespace postreeve
