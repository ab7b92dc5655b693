#include <gtest/gtest.h>

#include "detect/scene_testing.h"

namespace postreeve {
namespace {

struct Pretence {
  std::string_view what;
  void (*pretend)(MessageFacts& message);
  Reason reason;
};

// The worst first.
constexpr Pretence kPretences[] = {
    {"a display name with a bank's address",
     [](MessageFacts& message) { message.from_name_address = ShortText("service@bank.example"); },
     Reason::kDisplayNameIsAddress},
    {"a From that is somebody else's", [](MessageFacts& message) { message.from_is_own = false; },
     Reason::kForeignFrom},
    {"an envelope sender that is somebody else's",
     [](MessageFacts& message) { message.sender_is_own = false; }, Reason::kForeignEnvelope},
    {"a To as mass mailers write it", [](MessageFacts& message) { message.to_name_is_address = true; },
     Reason::kToNameIsAddress}};

TEST(HeaderSpoofing, WeighsWhatTheMessagePretendsAndLessOfItAtUsualPlaces) {
  double worse = 8;
  for (const Pretence& row : kPretences) {
    Stage stage = settled_account();
    row.pretend(stage.message);
    const auto evidence = weigh_header_spoofing(stage.scene());
    EXPECT_EQ(reason_of(evidence), row.reason) << row.what;
    EXPECT_GT(nats_of(evidence), 0) << row.what;
    EXPECT_LT(nats_of(evidence), worse) << row.what;
    worse = nats_of(evidence);
    stage.message.pretends_often = true;
    for (const Side side : {Side::kEstablished, Side::kUnsettled}) {
      stage.side = side;
      EXPECT_GT(nats_of(weigh_header_spoofing(stage.scene())), 0) << row.what;
      EXPECT_LT(nats_of(weigh_header_spoofing(stage.scene())), nats_of(evidence)) << row.what;
    }
  }
}

TEST(HeaderSpoofing, AnAddressInTheNameIsNoHabitOfWhoNeverWroteOne) {
  Stage stage = settled_account();
  stage.side = Side::kEstablished;
  stage.message.from_name_address = ShortText("service@bank.example");
  const double first = nats_of(weigh_header_spoofing(stage.scene()));
  stage.message.pretends_often = true;
  EXPECT_GT(first, 2 * nats_of(weigh_header_spoofing(stage.scene())));
}

TEST(HeaderSpoofing, AFromOfTheAccountsOwnDomainCountsHalf) {
  Stage stage = settled_account();
  stage.message.from_is_own = false;
  const double elsewhere = nats_of(weigh_header_spoofing(stage.scene()));
  stage.message.from_is_of_domain = true;
  EXPECT_DOUBLE_EQ(nats_of(weigh_header_spoofing(stage.scene())), elsewhere / 2);
}

TEST(HeaderSpoofing, AForeignEnvelopeCountsWholeBesideTheOwnFrom) {
  Stage stage = settled_account();
  stage.message.sender_is_own = false;
  const double before = nats_of(weigh_header_spoofing(stage.scene()));
  stage.message.from_is_of_domain = true;
  EXPECT_EQ(nats_of(weigh_header_spoofing(stage.scene())), before);
}

TEST(HeaderSpoofing, SaysNothingOfBounceAddressesInTheAccountsOwnDomain) {
  Stage stage = settled_account();
  stage.message.sender_is_own = false;
  stage.message.from_address = "news@x.example";
  stage.message.sender = "bounce-15-27@x.example";
  EXPECT_FALSE(weigh_header_spoofing(stage.scene()));
  stage.message.sender = "bounce-15-27@evil.x.example";
  EXPECT_EQ(reason_of(weigh_header_spoofing(stage.scene())), Reason::kForeignEnvelope);
  stage.message.sender = "bounce-15-27@x.example";
  stage.message.from_is_own = false;
  EXPECT_EQ(reason_of(weigh_header_spoofing(stage.scene())), Reason::kForeignFrom);
}

TEST(HeaderSpoofing, LetsTheStrongestCount) {
  Stage stage = settled_account();
  for (const Pretence& row : kPretences) row.pretend(stage.message);
  EXPECT_EQ(reason_of(weigh_header_spoofing(stage.scene())), kPretences[0].reason);
}

TEST(HeaderSpoofing, SaysNothingOfHonestHeadersAndOtherSteps) {
  Stage stage = settled_account();
  EXPECT_FALSE(weigh_header_spoofing(stage.scene()));
  stage.message.from_is_own = false;
  stage.kind = StepKind::kRecipient;
  EXPECT_FALSE(weigh_header_spoofing(stage.scene()));
}

}  // namespace
}  // namespace postreeve
