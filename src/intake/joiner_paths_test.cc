// How the joiner follows one message through filters and hosts, and what it makes of Exim and of logins.
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "intake/joiner_testing.h"

namespace postreeve {
namespace {

using std::chrono::seconds;

const std::string kFilter = "127.0.0.1[127.0.0.1]:10024";

// One message through a content filter; `second` is how it comes back.
std::vector<Delivery> through_filter(Log& log, const std::string& second, const std::string& reply,
                                     const std::string& second_sender = "ann@shop.example") {
  log.received("AAAA11", "ann");
  log.line("cleanup", "AAAA11: message-id=<1@shop.example>");
  log.queued("AAAA11", "ann@shop.example", 1);
  log.line(second.starts_with("uid=") ? "pickup" : "smtpd", "BBBB22: " + second);
  log.line("cleanup", "BBBB22: message-id=<1@shop.example>");
  log.queued("BBBB22", second_sender, 1);
  log.delivered("AAAA11", "one@ok.example", "sent (" + reply + ")", kFilter);
  log.removed("AAAA11");
  log.delivered("BBBB22", "one@ok.example", "bounced (550 no such user)");
  log.removed("BBBB22");
  log.finish();
  EXPECT_EQ(log.all<Submission>().size(), 1U);
  return log.all<Delivery>();
}

TEST(JoinerFilters, JoinsByMessageIdAndSender) {
  Log log;
  const auto deliveries = through_filter(log, "client=localhost[127.0.0.1]", "250 Ok");
  ASSERT_EQ(deliveries.size(), 1U);
  EXPECT_EQ(deliveries[0].queue_id, "AAAA11");
  EXPECT_EQ(deliveries[0].status, DeliveryStatus::kBounced);
}

TEST(JoinerFilters, JoinsByTheReplyOfTheFilter) {
  Log log;
  const auto deliveries = through_filter(
      log, "client=localhost[127.0.0.1]",
      "250 2.0.0 from MTA(smtp:[127.0.0.1]:10025): 250 2.0.0 Ok: queued as BBBB22", "srs0=ann@mx.example");
  ASSERT_EQ(deliveries.size(), 1U);
  EXPECT_EQ(deliveries[0].status, DeliveryStatus::kBounced);
}

TEST(JoinerFilters, JoinsByTheOriginalQueueId) {
  Log log;
  const auto deliveries = through_filter(
      log, "client=localhost[127.0.0.1], orig_queue_id=AAAA11, orig_client=a.example[203.0.113.9]", "250 Ok");
  ASSERT_EQ(deliveries.size(), 1U);
  EXPECT_EQ(deliveries[0].status, DeliveryStatus::kBounced);
}

TEST(JoinerFilters, AMailingListIsNoFilter) {
  Log log;
  const auto deliveries =
      through_filter(log, "client=localhost[127.0.0.1]", "250 Ok", "list-bounces@shop.example");
  ASSERT_EQ(deliveries.size(), 1U);
  EXPECT_EQ(deliveries[0].status, DeliveryStatus::kSent);
}

TEST(JoinerFilters, AStrangerWithTheSameMessageIdIsNoFilter) {
  Log log;
  const auto deliveries = through_filter(log, "client=evil.example[198.51.100.66]", "250 Ok");
  ASSERT_EQ(deliveries.size(), 1U);
  EXPECT_EQ(deliveries[0].status, DeliveryStatus::kSent);
}

TEST(JoinerFilters, ARecipientsOwnForwardingIsNoFilter) {
  Log log;
  const auto deliveries = through_filter(log, "uid=300 from=<ann@shop.example>", "250 Ok");
  ASSERT_EQ(deliveries.size(), 1U);
  EXPECT_EQ(deliveries[0].status, DeliveryStatus::kSent);
}

TEST(JoinerFilters, AMessageThatWasRequeuedIsTheSame) {
  Log log;
  log.received("AAAA11", "ann");
  log.queued("AAAA11", "ann@shop.example", 1);
  log.line("postsuper", "AAAA11: requeued");
  log.line("pickup", "BBBB22: uid=0 from=<ann@shop.example> orig_id=AAAA11");
  log.delivered("BBBB22", "one@ok.example");
  log.finish();
  EXPECT_EQ(log.all<Submission>().size(), 1U);
  EXPECT_EQ(log.all<Delivery>().at(0).queue_id, "AAAA11");
}

TEST(JoinerFilters, JoinsAcrossOurOwnHosts) {
  Log log;
  log.received("AAAA11", "ann");
  log.queued("AAAA11", "ann@shop.example", 1);
  log.line("smtpd", "BBBB22: client=mx.shop.example[10.0.0.5]", "out");
  log.delivered("AAAA11", "one@ok.example", "sent (250 Ok: queued as BBBB22)",
                "out.shop.example[10.0.0.9]:25");
  log.line("smtp", "BBBB22: to=<one@ok.example>, relay=none, delay=0, dsn=5.1.1, status=bounced (no)", "out");
  log.finish();
  const auto deliveries = log.all<Delivery>();
  ASSERT_EQ(deliveries.size(), 1U);
  EXPECT_EQ(deliveries[0].status, DeliveryStatus::kBounced);
  EXPECT_EQ(deliveries[0].queue_id, "AAAA11");
}

TEST(JoinerFilters, JoinsTheTwoHalvesOfAProxyFilter) {
  Log log;
  log.line("smtpd", "NOQUEUE: client=a.example[203.0.113.9], sasl_method=PLAIN, sasl_username=ann");
  log.line("smtpd", "BBBB22: client=localhost[127.0.0.1], orig_client=a.example[203.0.113.9]");
  log.queued("BBBB22", "ann@shop.example", 1);
  log.delivered("BBBB22", "one@ok.example");
  const auto submissions = log.all<Submission>();
  ASSERT_EQ(submissions.size(), 1U);
  EXPECT_EQ(submissions[0].account.text(), "ann");
  EXPECT_EQ(submissions[0].session.client_address, IpAddress::parse("203.0.113.9"));
}

TEST(JoinerFilters, GivesAProxiedMessageOfTwoAccountsToNeither) {
  Log log;
  log.line("smtpd", "NOQUEUE: client=a.example[203.0.113.9], sasl_method=PLAIN, sasl_username=ann");
  log.line("smtpd", "NOQUEUE: client=a.example[203.0.113.9], sasl_method=PLAIN, sasl_username=bob");
  log.line("smtpd", "BBBB22: client=localhost[127.0.0.1], orig_client=a.example[203.0.113.9]");
  log.queued("BBBB22", "ann@shop.example", 1);
  log.delivered("BBBB22", "one@ok.example");
  log.finish();
  EXPECT_TRUE(log.events.empty());
}

TEST(JoinerExim, ASubmissionWithRecipientsIsCompleteAtOnce) {
  Log log({.default_domain = "shop.example"});
  MessageReceived received;
  received.queue_id = "1abcde-000001-2F";
  received.login = "ann";
  received.sender = "ann@shop.example";
  received.sender_known = true;
  received.recipients = {"one@ok.example", "two@ok.example"};
  received.subject = "hi";
  log.record(received);
  const auto submissions = log.all<Submission>();
  ASSERT_EQ(submissions.size(), 1U);
  EXPECT_EQ(submissions[0].account.text(), "ann@shop.example");
  EXPECT_EQ(submissions[0].recipient_count, 2U);
  EXPECT_EQ(submissions[0].subject, "hi");
}

TEST(JoinerExim, WithoutRecipientsItWaitsForTheEnd) {
  Log log;
  MessageReceived received;
  received.queue_id = "1abcde-000001-2F";
  received.login = "ann";
  received.sender_known = true;
  log.record(received);
  DeliverySeen one;
  one.queue_id = received.queue_id;
  one.recipient = "one@ok.example";
  log.record(one);
  DeliverySeen two;
  two.queue_id = received.queue_id;
  two.recipient = "two@ok.example";
  log.record(two);
  EXPECT_TRUE(log.events.empty());
  log.record(MessageRemoved{"1abcde-000001-2F"});
  EXPECT_EQ(log.all<Submission>().at(0).recipients.size(), 2U);
  EXPECT_EQ(log.all<Delivery>().size(), 2U);
}

TEST(JoinerLogins, EachWrongPasswordIsAnEventUpToTwenty) {
  Log log;
  log.record(failed_login_of("ann", 3));
  EXPECT_EQ(log.events.size(), 3U);
  log.record(failed_login_of("ann", 1000));
  EXPECT_EQ(log.events.size(), 23U);
  EXPECT_FALSE(std::get<Login>(log.events[0]).success);
}

TEST(JoinerLogins, OneAttemptReportedTwiceCountsOnce) {
  Log log;
  LoginSeen login = failed_login_of("ann", 1, "s1");
  log.record(login);
  log.now += seconds{2};
  log.record(login);
  EXPECT_EQ(log.events.size(), 1U);
  login.attempts = 3;
  log.record(login);
  EXPECT_EQ(log.events.size(), 3U);
  log.record(login_of("ann", "s1"));
  EXPECT_EQ(log.events.size(), 4U);
  EXPECT_TRUE(std::get<Login>(log.events[3]).success);
}

TEST(JoinerLogins, ALoginFromTheLoopbackIsAnEvent) {
  Log log;
  LoginSeen seen = login_of("ann");
  seen.client_address = "127.0.0.1";
  seen.client_name = "unknown";
  seen.service = Service::kImap;
  log.record(seen);
  const auto& login = std::get<Login>(log.events.at(0));
  EXPECT_EQ(login.session.client_name, "");
  EXPECT_EQ(login.session.service, Service::kImap);
  EXPECT_TRUE(login.session.client_address->is_loopback());
}

}  // namespace
}  // namespace postreeve
