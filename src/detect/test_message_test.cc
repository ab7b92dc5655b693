#include <gtest/gtest.h>

#include "detect/scene_testing.h"

namespace postreeve {
namespace {

// The test of a case: 549 bytes to one freemail mailbox, subject "ZYaeD, X", HELO localhost.
Stage thiefs_test(Side side = Side::kStranger) {
  Stage stage = settled_account();
  stage.side = side;
  stage.message.recipients = 1;
  stage.message.unknown_recipients = 1;
  stage.message.recipient_domain = "gmail.com";
  stage.message.size = 549;
  stage.message.subject = "ZYaeD, X";
  stage.message.helo_name = "localhost";
  return stage;
}

double weigh(const Stage& stage) {
  return nats_of(weigh_credential_test(stage.scene()));
}

TEST(CredentialTest, KnowsTheThiefsTest) {
  EXPECT_GT(weigh(thiefs_test()), 4);
  EXPECT_GT(weigh(thiefs_test(Side::kUnsettled)), 0);
  EXPECT_GT(weigh(thiefs_test(Side::kEstablished)), 0);
  EXPECT_LT(weigh(thiefs_test(Side::kEstablished)), weigh(thiefs_test()));
}

TEST(CredentialTest, NeedsTheSizeAndTheRecipient) {
  Stage stage = thiefs_test();
  stage.message.size = 1'501;
  EXPECT_EQ(weigh(stage), 0);
  stage = thiefs_test();
  stage.message.size = 0;  // not known
  EXPECT_EQ(weigh(stage), 0);
  stage = thiefs_test();
  stage.message.recipient_domain = "customer.example";
  EXPECT_EQ(weigh(stage), 0);
  stage = thiefs_test();
  stage.message.unknown_recipients = 0;
  EXPECT_EQ(weigh(stage), 0);
}

TEST(CredentialTest, NeedsAnOddClientOrAnOddSubject) {
  Stage odd_client = thiefs_test();
  odd_client.message.subject = "hello from the conference";
  EXPECT_GT(weigh(odd_client), 0);
  EXPECT_LT(weigh(odd_client), weigh(thiefs_test()));
  Stage odd_subject = thiefs_test();
  odd_subject.message.helo_name = "anna-pc";
  EXPECT_GT(weigh(odd_subject), 0);
  EXPECT_LT(weigh(odd_subject), weigh(thiefs_test()));
  odd_subject.message.subject = "hello from the conference";
  EXPECT_EQ(weigh(odd_subject), 0);
}

TEST(CredentialTest, NeedsBothAtAUsualPlace) {
  for (const Side side : {Side::kEstablished, Side::kUnsettled}) {
    Stage stage = thiefs_test(side);
    stage.message.helo_name = "anna-pc";
    EXPECT_EQ(weigh(stage), 0);
    stage = thiefs_test(side);
    stage.message.subject = "see you tonight";
    EXPECT_EQ(weigh(stage), 0);
  }
}

TEST(CredentialTest, KnowsClientsWithoutAName) {
  for (const std::string_view helo :
       {"LOCALHOST", "localhost.localdomain", "ylmf-pc", "User", "[127.0.0.1]"}) {
    Stage stage = thiefs_test();
    stage.message.helo_name = helo;
    EXPECT_EQ(weigh(stage), weigh(thiefs_test())) << helo;
  }
}

TEST(CredentialTest, LooksAtMessagesOnly) {
  Stage stage = thiefs_test();
  for (const StepKind kind : {StepKind::kLogin, StepKind::kRecipient, StepKind::kDelivery, StepKind::kScan}) {
    stage.kind = kind;
    EXPECT_EQ(weigh(stage), 0);
  }
}

}  // namespace
}  // namespace postreeve
