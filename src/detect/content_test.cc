#include <gtest/gtest.h>

#include "detect/scene_testing.h"

namespace postreeve {
namespace {

struct Text {
  Stage stage = settled_account();
  KnownNeighbours others;
  TraitSnapshot& subject = others.traits[Trait::kSubject];
  std::optional<Evidence> weigh() {
    stage.neighbours = &others;
    stage.message.subject = "Your parcel could not be delivered";
    return weigh_content(stage.scene());
  }
};

TEST(Content, SaysNothingOfATextNobodyElseSent) {
  Text text;
  EXPECT_EQ(text.weigh(), std::nullopt);
}

TEST(Content, AccusesTheSubjectOfAnIncidentButIsNotStrongForOneAlone) {
  Text text;
  text.subject = {.victims = 1, .guilt = 1};
  EXPECT_EQ(reason_of(text.weigh()), Reason::kThiefsSubject);
  EXPECT_GT(nats_of(text.weigh()), 2);
  EXPECT_LT(nats_of(text.weigh()), 3);
  text.subject = {.victims = 2, .guilt = 2};
  EXPECT_GT(nats_of(text.weigh()), 3.5);
}

TEST(Content, GrowsWithTheCustomersWhoseStrangersSentIt) {
  Text text;
  text.subject = {.strangers = 1};
  EXPECT_EQ(text.weigh(), std::nullopt);
  double before = 0;
  for (std::uint8_t tenants = 2; tenants <= 3; ++tenants) {
    text.subject = {.strangers = tenants};
    EXPECT_GT(nats_of(text.weigh()), before) << int{tenants};
    EXPECT_EQ(reason_of(text.weigh()), Reason::kSubjectOfStrangers);
    before = nats_of(text.weigh());
  }
}

TEST(Content, ExcusesWhatOthersSendHonestlyAndWhatTheAccountSentBefore) {
  Text text;
  text.subject = {.honest = 1, .victims = 1, .guilt = 0.3F};
  EXPECT_LT(nats_of(text.weigh()), 2);
  text.subject = {.honest = 3, .strangers = 4, .victims = 3, .guilt = 3};
  EXPECT_EQ(text.weigh(), std::nullopt);
  text.subject = {.strangers = 4, .victims = 3, .guilt = 3, .is_own = true};
  EXPECT_EQ(text.weigh(), std::nullopt);
}

TEST(Content, WeighsLittleAtAnEstablishedPlaceAndOnlyForIncidents) {
  Text text;
  text.stage.side = Side::kEstablished;
  text.subject = {.strangers = 4};
  EXPECT_EQ(text.weigh(), std::nullopt);
  text.subject = {.victims = 3, .guilt = 3};
  EXPECT_GT(nats_of(text.weigh()), 1);
  EXPECT_LT(nats_of(text.weigh()), 2);
}

TEST(Content, KnowsWhomTheSameCrewPretendsToBe) {
  Text text;
  text.others.traits[Trait::kPretence] = {.victims = 2, .guilt = 2};
  text.stage.message.from_name_address = ShortText("service@bank.example");
  EXPECT_EQ(reason_of(text.weigh()), Reason::kThiefsPretence);
}

TEST(Content, LooksAtWholeMessagesOnly) {
  Text text;
  text.subject = {.victims = 2, .guilt = 2};
  text.stage.kind = StepKind::kRecipient;
  EXPECT_EQ(text.weigh(), std::nullopt);
}

}  // namespace
}  // namespace postreeve
