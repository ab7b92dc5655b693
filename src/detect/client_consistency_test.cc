#include <gtest/gtest.h>

#include "detect/client_consistency.h"
#include "detect/scene_testing.h"
#include "detect/strangeness.h"

namespace postreeve {
namespace {

constexpr std::uint32_t kOtherClient = 99;

// The mailbox is open at the office all day, on every day.
Stage account_with_mail_program() {
  Stage stage = settled_account();
  AccountProfile& profile = stage.record.profile;
  learn_use(profile, kNow, office(), Use::kRead);
  profile.rates.beside_session = profile.rates.messages;
  return stage;
}

TEST(ClientConsistency, MailWithoutASessionIsStrangeWhenThereAlwaysIsOne) {
  const Stage stage = account_with_mail_program();
  const auto evidence = weigh_client_consistency(stage.scene());
  EXPECT_EQ(reason_of(evidence), Reason::kNoSession);
  EXPECT_GT(nats_of(evidence), 2);
}

TEST(ClientConsistency, SaysNothingOfAccountsThatNeverReadMail) {
  const Stage stage = settled_account();
  EXPECT_FALSE(weigh_client_consistency(stage.scene()));
  EXPECT_EQ(session_weight(stage.scene()), 0);
}

TEST(ClientConsistency, ASessionBesideTheMailSpeaksForTheOwner) {
  Stage stage = account_with_mail_program();
  Stranger& stranger = stranger_of(stage.record);
  keep(stranger, {.time = to_seconds32(kNow), .provider = stage.origin.provider, .use = Use::kRead});
  EXPECT_FALSE(weigh_client_consistency(stage.scene()));
  EXPECT_LT(session_weight(stage.scene()), -0.5);
}

TEST(ClientConsistency, ASignInAloneIsNoSession) {
  Stage stage = account_with_mail_program();
  keep(stranger_of(stage.record),
       {.time = to_seconds32(kNow), .provider = stage.origin.provider, .use = Use::kSignIn});
  EXPECT_TRUE(weigh_client_consistency(stage.scene()));
}

TEST(ClientConsistency, ASessionOfLastWeekIsForgotten) {
  Stage stage = account_with_mail_program();
  keep(stranger_of(stage.record), {.time = to_seconds32(kNow - std::chrono::days{7}),
                                   .provider = stage.origin.provider,
                                   .use = Use::kRead});
  EXPECT_TRUE(weigh_client_consistency(stage.scene()));
}

// Another network of the provider that the office is at.
Stage account_with_mail_from_next_door() {
  Stage stage = account_with_mail_program();
  stage.origin = origin_at(2, 10, "PL");
  return stage;
}

TEST(ClientConsistency, TheOwnersSessionsAreNoneOfAStrangerAtHisProvider) {
  const Stage stage = account_with_mail_from_next_door();
  EXPECT_EQ(reason_of(weigh_client_consistency(stage.scene())), Reason::kNoSession);
}

TEST(ClientConsistency, WhoReadsAtTheNewNetworkOfHisProviderIsTheOwner) {
  Stage stage = account_with_mail_from_next_door();
  learn_use(stage.record.profile, kNow, stage.origin, Use::kRead);
  EXPECT_FALSE(weigh_client_consistency(stage.scene()));
  EXPECT_LT(session_weight(stage.scene()), -0.5);
}

TEST(ClientConsistency, WhoNeverReadsWhereHeSendsIsNoStrangerAtHisProvider) {
  Stage stage = settled_account();
  stage.record.profile.rates.beside_session = stage.record.profile.rates.messages;
  learn_use(stage.record.profile, kNow, origin_at(3, 10, "PL"), Use::kRead);
  stage.origin = origin_at(2, 10, "PL");
  EXPECT_FALSE(weigh_client_consistency(stage.scene()));
}

TEST(ClientConsistency, HasNothingToSayAtHome) {
  Stage stage = account_with_mail_program();
  stage.side = Side::kEstablished;
  EXPECT_FALSE(weigh_client_consistency(stage.scene()));
}

TEST(ClientWeight, KnowsTheOwnersDeviceWhereverItIs) {
  Stage stage = settled_account();
  stage.origin.client = kOwnClient;
  EXPECT_EQ(client_weight(stage.scene()), -3);
}

TEST(ClientWeight, TakesAnotherNameForStrangeWhenThereWasAlwaysOne) {
  Stage stage = settled_account();
  stage.origin.client = kOtherClient;
  EXPECT_GT(client_weight(stage.scene()), 1);
}

TEST(ClientWeight, OfAnotherNameGrowsWithTheDaysOfTheOne) {
  double before = 0;
  for (const int days : {5, 20, 60}) {
    Stage stage = settled_account(days);
    stage.origin.client = kOtherClient;
    EXPECT_GT(client_weight(stage.scene()), before) << days;
    before = client_weight(stage.scene());
  }
}

TEST(ClientWeight, OfItsOwnAddressIsThatOfAnotherNameAndNeverTheOwners) {
  Stage stage = settled_account();
  stage.origin.client = kOtherClient;
  const double of_any_name = client_weight(stage.scene());
  stage.origin.client = kOwnAddressClient;
  EXPECT_EQ(client_weight(stage.scene()), of_any_name);
  Origin server = office();
  server.client = kOwnAddressClient;
  for (int day = 60; day > 0; --day) {
    learn_use(stage.record.profile, kNow - std::chrono::hours{24} * day, server, Use::kSend);
  }
  EXPECT_EQ(client_weight(stage.scene()), 0);
}

TEST(ClientWeight, OfAHostOfTheOwnDomainSpeaksForTheOwner) {
  Stage stage = settled_account();
  stage.names_own_host = true;
  stage.origin.client = kOtherClient;
  EXPECT_EQ(client_weight(stage.scene()), kOwnHost);
  stage.origin.client = kOwnClient;
  EXPECT_EQ(client_weight(stage.scene()), -3) << "one that it long sent with says more";
}

TEST(ClientWeight, OfAHostOfAProvidersDomainIsThatOfAnyName) {
  Stage stage = settled_account();
  stage.origin.client = kOtherClient;
  const double of_any_name = client_weight(stage.scene());
  stage.names_own_host = true;
  KnownNeighbours others;
  stage.neighbours = &others;
  double before = kOwnHost;
  for (const std::uint32_t accounts : {400U, 4'000U, 400'000U}) {
    others.country.tenant = accounts;
    EXPECT_GT(client_weight(stage.scene()), before) << accounts;
    before = client_weight(stage.scene());
  }
  EXPECT_NEAR(before, of_any_name, 0.01);
}

TEST(Strangeness, IsHalvedAtTheMostByANameOfTheOwnDomain) {
  Stage stage = settled_account();
  stage.origin.client = kOtherClient;
  for (const auto& [provider, country] : {std::pair{60, "VN"}, std::pair{61, "PL"}}) {
    stage.origin = origin_at(70, static_cast<std::uint32_t>(provider), country);
    stage.origin.client = kOtherClient;
    stage.names_own_host = false;
    ASSERT_EQ(strangeness_of(stage.scene()), 1);
    stage.names_own_host = true;
    EXPECT_GE(strangeness_of(stage.scene()), 0.5F) << "a canary is conclusive there";
  }
  EXPECT_EQ(strangeness_of(stage.scene()), 0.5F);
}

TEST(ClientWeight, IsNotSurprisedByClientsWithoutNameOfWhoOftenComesWithout) {
  Stage stage = settled_account();
  stage.origin.client = 0;
  EXPECT_GT(client_weight(stage.scene()), 0.5);
  Origin nameless = office();
  nameless.client = 0;
  for (int day = 60; day > 0; --day) {
    learn_use(stage.record.profile, kNow - std::chrono::hours{24} * day, nameless, Use::kSend);
  }
  EXPECT_EQ(client_weight(stage.scene()), 0);
}

}  // namespace
}  // namespace postreeve
