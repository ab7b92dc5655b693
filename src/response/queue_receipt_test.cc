#include "response/queue_receipt.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "response/incident_mail.h"
#include "response/receipts.h"
#include "store/ledger/outbox.h"

namespace postreeve {
namespace {

using ::testing::ElementsAre;

TEST(QueueReceipt, NamesWhatIsHeldAndComesBackAsItWas) {
  const auto receipt = queue_receipt_for({"4jccB", "4jccA", "4jccC <m@x>"}, {"4jccZ"}, 7, {4'000'000'000, 5});
  ASSERT_TRUE(receipt);
  const auto again = read_queue_receipt(to_text(*receipt));
  ASSERT_TRUE(again) << again.error().detail;
  EXPECT_THAT(again->lines, ElementsAre("4jccA", "4jccB", "4jccC <m@x>"));
  EXPECT_THAT(again->familiar, ElementsAre(5U, 4'000'000'000U));
  EXPECT_EQ(again->since, 7U);
  EXPECT_TRUE(again->is_ours("4jccA", false));
  EXPECT_FALSE(again->is_ours("4jccD", true));
}

TEST(QueueReceipt, NamesWhatOthersHeldWhereThereIsTooMuch) {
  std::vector<std::string> many;
  for (int i = 0; i < 20'000; ++i) many.push_back("4jccfS4pwcz1" + std::to_string(i));
  const auto receipt = queue_receipt_for(many, {"4jccZ"}, 7);
  ASSERT_TRUE(receipt);
  EXPECT_LT(to_text(*receipt).size(), kMostReceiptBytes);
  EXPECT_TRUE(receipt->is_ours("4jccA", true));
  EXPECT_FALSE(receipt->is_ours("4jccA", false)) << "it came before";
  EXPECT_FALSE(receipt->is_ours("4jccZ", true));
  EXPECT_EQ(queue_receipt_for(many, many, 7).error().code, ErrorCode::kLimitExceeded);
}

TEST(QueueReceipt, TakesNoMoreThanIsKept) {
  std::vector<std::string> many;
  QueueReceipt whole{.since = 7};
  while (to_text(whole).size() <= kMostPreparedBytes) {
    many.push_back("4jccfS4pwcz1" + std::string(30, 'x') + std::to_string(many.size()));
    whole.lines.insert(many.back());
  }
  ASSERT_LE(to_text(whole).size(), kMostReceiptBytes);
  ASSERT_LE(many.size(), QueueReceipt::kMostIds);
  EXPECT_TRUE(queue_receipt_for(many, {}, 7)->is_exclusion);
  many.pop_back();
  EXPECT_FALSE(queue_receipt_for(many, {}, 7)->is_exclusion);
  EXPECT_FALSE(queue_receipt_for(many, many, 7)->is_exclusion);
}

TEST(QueueReceipt, IsReadAsEarlierVersionsWroteIt) {
  const auto receipt = read_queue_receipt(R"({"since":7,"ids":["4jccA"]})");
  ASSERT_TRUE(receipt) << receipt.error().detail;
  EXPECT_TRUE(receipt->familiar.empty());
}

TEST(QueueReceipt, IsEmptyWithoutAText) {
  EXPECT_FALSE(read_queue_receipt("")->is_ours("4jccA", true));
  for (const char* text :
       {"{", "[]", R"({"since":-1,"ids":[]})", R"({"since":1})", R"({"since":1,"ids":[7]})"})
    EXPECT_EQ(read_queue_receipt(text).error().code, ErrorCode::kCorrupt) << text;
}

TEST(IncidentMail, IsWhatCameSinceWithTwoMinutesOfSlack) {
  MailInQueue mail;
  mail.created = 1000;
  mail.arrived = 990'000'000;
  EXPECT_TRUE(came_since(mail, 1000));
  EXPECT_TRUE(came_since(mail, 1120));
  EXPECT_FALSE(came_since(mail, 1121));
  mail.created = 90'000;  // queued anew: it came when it came
  EXPECT_FALSE(came_since(mail, 80'000));
}

TEST(IncidentMail, IsKnownByItsNetwork) {
  IncidentSpan span;
  span.networks.insert(network_of(*IpAddress::parse("198.51.100.7")));
  MailInQueue mail;
  mail.client_address = "198.51.100.200";
  EXPECT_TRUE(is_from_its_networks(mail, span));
  mail.client_address = "192.0.2.4";
  EXPECT_FALSE(is_from_its_networks(mail, span));
  mail.client_address = "";
  EXPECT_FALSE(is_from_its_networks(mail, span));
}

TEST(IncidentMail, TakesABounceOnlyWithWhatItIsAbout) {
  const AccountId anna = *AccountId::from_login("anna@shop.example", "");
  MailInQueue mail;
  mail.queue_id = "4jccB";
  mail.bounce_of = {"4jccA", "<m@x>"};
  EXPECT_EQ(helper_line_of(mail, anna, {.certain = {"<m@x>"}, .gone = {}, .senders = {}}), "4jccB <m@x>");
  EXPECT_EQ(helper_line_of(mail, anna, {.certain = {"4jccZ"}, .gone = {}, .senders = {}}), "");
  mail.account = "anna@shop.example";
  EXPECT_EQ(helper_line_of(mail, anna, {}), "4jccB");
  mail.account = "bob@shop.example";
  mail.bounce_of = {};
  EXPECT_EQ(helper_line_of(mail, anna, {.certain = {"4jccB"}, .gone = {}, .senders = {}}), "");
}

TEST(IncidentMail, TakesABounceAboutMailThatIsGoneOnlyWhereItGoesToItsSender) {
  const AccountId anna = *AccountId::from_login("anna@shop.example", "");
  const BounceOriginals originals{
      .certain = {}, .gone = {"4jccA", "<m@x>"}, .senders = {"anna@shop.example", "forged@other.example"}};
  MailInQueue mail;
  mail.queue_id = "4jccB";
  mail.bounce_of = {"4jccA"};
  mail.recipients = {"Forged@Other.example"};
  EXPECT_EQ(helper_line_of(mail, anna, originals), "4jccB 4jccA");
  mail.bounce_of = {"4jccZ", "<m@x>"};
  EXPECT_EQ(helper_line_of(mail, anna, originals), "4jccB <m@x>");
  // Somebody else's mail, whose queue ID or Message-ID is the same.
  mail.recipients = {"bob@shop.example"};
  EXPECT_EQ(helper_line_of(mail, anna, originals), "");
}

}  // namespace
}  // namespace postreeve
