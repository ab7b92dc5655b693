#include "intake/joiner.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <map>
#include <string>
#include <vector>

#include "intake/joiner_testing.h"

namespace postreeve {
namespace {

using std::chrono::minutes;
using std::chrono::seconds;

TEST(Joiner, MakesASubmissionOfAllItsLines) {
  Log log;
  log.received("AAAA11", "Ann@Shop.example");
  log.line("cleanup", "AAAA11: message-id=<1@shop.example>");
  log.line("cleanup", "AAAA11: info: header Subject: hello from a.example[203.0.113.9]; from=<x> to=<y>");
  log.queued("AAAA11", "ann@shop.example", 2);
  log.now += seconds{1};
  log.delivered("AAAA11", "one@ok.example");
  EXPECT_TRUE(log.events.empty());
  log.delivered("AAAA11", "two@ok.example");
  ASSERT_EQ(log.events.size(), 3U);
  const auto& submission = std::get<Submission>(log.events[0]);
  EXPECT_EQ(submission.time, kStart);
  EXPECT_EQ(submission.account.text(), "ann@shop.example");
  EXPECT_EQ(submission.queue_id, "AAAA11");
  EXPECT_EQ(submission.sender, "ann@shop.example");
  EXPECT_EQ(submission.recipients, (std::vector<std::string>{"one@ok.example", "two@ok.example"}));
  EXPECT_EQ(submission.recipient_count, 2U);
  EXPECT_EQ(submission.size, 1000U);
  EXPECT_EQ(submission.subject, "hello");
  EXPECT_EQ(submission.message_id, "1@shop.example");
  EXPECT_EQ(submission.session.client_address, IpAddress::parse("203.0.113.9"));
  EXPECT_EQ(submission.session.client_name, "a.example");
  EXPECT_EQ(submission.session.service, Service::kSmtp);
  const auto& delivery = std::get<Delivery>(log.events[1]);
  EXPECT_EQ(delivery.time, kStart + seconds{1});
  EXPECT_EQ(delivery.account.text(), "ann@shop.example");
  EXPECT_EQ(delivery.recipient, "one@ok.example");
  EXPECT_EQ(delivery.response, "250 ok");
}

TEST(Joiner, EventsWaitBehindAnIncompleteSubmission) {
  Log log;
  log.received("AAAA11", "ann");
  log.queued("AAAA11", "ann@shop.example", 1);
  log.record(login_of("bob"));
  EXPECT_TRUE(log.events.empty());
  log.delivered("AAAA11", "one@ok.example");
  ASSERT_EQ(log.events.size(), 3U);
  EXPECT_TRUE(std::holds_alternative<Submission>(log.events[0]));
  EXPECT_TRUE(std::holds_alternative<Login>(log.events[1]));
}

TEST(Joiner, DoesNotWaitForRecipientsForEver) {
  Log log;
  log.received("AAAA11", "ann");
  log.queued("AAAA11", "ann@shop.example", 3);
  log.delivered("AAAA11", "one@ok.example");
  log.now += minutes{5};
  log.record(NothingToSay{});
  const auto submissions = log.all<Submission>();
  ASSERT_EQ(submissions.size(), 1U);
  EXPECT_EQ(submissions[0].recipients.size(), 1U);
  EXPECT_EQ(submissions[0].recipient_count, 3U);
}

TEST(Joiner, AMessageThatLeftTheQueueIsComplete) {
  Log log;
  log.received("AAAA11", "ann");
  log.queued("AAAA11", "ann@shop.example", 2);
  log.removed("AAAA11");
  EXPECT_EQ(log.all<Submission>().size(), 1U);
}

TEST(Joiner, EveryAttemptOfADeferredDeliveryIsADelivery) {
  Log log;
  log.received("AAAA11", "ann");
  log.queued("AAAA11", "ann@shop.example", 1);
  for (int attempt = 0; attempt < 3; ++attempt) {
    log.delivered("AAAA11", "one@ok.example", "deferred (try later)");
    log.now += minutes{10};
    log.queued("AAAA11", "ann@shop.example", 1);
  }
  log.line("qmgr", "AAAA11: from=<ann@shop.example>, status=expired, returned to sender");
  const auto deliveries = log.all<Delivery>();
  ASSERT_EQ(deliveries.size(), 4U);
  EXPECT_EQ(deliveries[2].status, DeliveryStatus::kDeferred);
  EXPECT_EQ(deliveries[3].status, DeliveryStatus::kExpired);
  EXPECT_EQ(log.all<Submission>().size(), 1U);
}

TEST(Joiner, CountsARecipientTriedTwiceOnce) {
  Log log;
  log.received("AAAA11", "ann");
  log.queued("AAAA11", "ann@shop.example", 2);
  log.delivered("AAAA11", "one@ok.example", "deferred (try later)");
  log.delivered("AAAA11", "one@ok.example", "deferred (try later)");
  EXPECT_TRUE(log.events.empty());
  log.delivered("AAAA11", "two@ok.example");
  EXPECT_EQ(log.all<Submission>().at(0).recipients.size(), 2U);
}

TEST(Joiner, TakesTheRecipientThatTheClientAskedFor) {
  Log log;
  log.received("AAAA11", "ann");
  log.queued("AAAA11", "ann@shop.example", 2);
  for (const auto* to : {"<x@ok.example>", "<y@ok.example>"}) {
    log.line("smtp", "AAAA11: to=" + std::string(to) +
                         ", orig_to=<team@ok.example>, relay=none, delay=0, dsn=2.0.0, status=sent (ok)");
  }
  EXPECT_EQ(log.all<Submission>().at(0).recipients, std::vector<std::string>{"team@ok.example"});
}

TEST(Joiner, CountsAtLeastTheRecipientsItSaw) {
  Log log;
  log.received("AAAA11", "ann");
  log.delivered("AAAA11", "one@ok.example");
  log.delivered("AAAA11", "two@ok.example");
  log.queued("AAAA11", "ann@shop.example", 1);
  log.finish();
  EXPECT_EQ(log.all<Submission>().at(0).recipient_count, 2U);
}

TEST(Joiner, WithoutAnAccountThereIsNoEvent) {
  Log log;
  log.line("smtpd", "AAAA11: client=a.example[203.0.113.9]");
  log.queued("AAAA11", "x@y.example", 1);
  log.delivered("AAAA11", "one@ok.example");
  log.line("pickup", "AAAA12: uid=0 from=<root>");
  log.queued("AAAA12", "root@mx.example", 1);
  log.delivered("AAAA12", "one@ok.example");
  for (const auto* login : {"(unavailable)", "<>", "unknown"}) {
    log.received("AAAA13", login);
    log.queued("AAAA13", "x@y.example", 1);
    log.delivered("AAAA13", "one@ok.example");
  }
  log.finish();
  EXPECT_TRUE(log.events.empty());
}

TEST(Joiner, BouncesAreTheServersOwn) {
  Log log;
  log.received("AAAA11", "ann");
  log.queued("AAAA11", "ann@shop.example", 1);
  log.delivered("AAAA11", "one@ok.example", "bounced (no such user)");
  log.line("cleanup", "BBBB22: message-id=<b@mx>");
  log.queued("BBBB22", "", 1);
  log.line("bounce", "AAAA11: sender non-delivery notification: BBBB22");
  log.delivered("BBBB22", "ann@shop.example");
  log.removed("BBBB22");
  log.finish();
  EXPECT_EQ(log.all<Submission>().size(), 1U);
  EXPECT_EQ(log.all<Delivery>().size(), 1U);
}

TEST(Joiner, ANullSenderWithALoginIsASubmission) {
  Log log;
  log.received("AAAA11", "ann");
  log.queued("AAAA11", "", 1);
  log.delivered("AAAA11", "one@ok.example");
  EXPECT_EQ(log.all<Submission>().at(0).sender, "");
}

TEST(Joiner, AQueueIdUsedAgainIsANewMessage) {
  Log log;
  log.received("AAAA11", "ann");
  log.queued("AAAA11", "ann@shop.example", 5);
  log.received("AAAA11", "bob");
  log.queued("AAAA11", "bob@shop.example", 1);
  log.delivered("AAAA11", "one@ok.example");
  log.removed("AAAA11");
  log.line("smtpd", "AAAA11: client=b.example[198.51.100.1]");
  log.delivered("AAAA11", "two@ok.example");
  log.finish();
  const auto submissions = log.all<Submission>();
  ASSERT_EQ(submissions.size(), 2U);
  EXPECT_EQ(submissions[0].account.text(), "ann");
  EXPECT_EQ(submissions[1].account.text(), "bob");
  const auto deliveries = log.all<Delivery>();
  ASSERT_EQ(deliveries.size(), 1U);
  EXPECT_EQ(deliveries[0].account.text(), "bob");
}

TEST(Joiner, QueueIdsOfTwoHostsAreApart) {
  Log log;
  log.line("smtpd", "AAAA11: client=a[203.0.113.9], sasl_method=PLAIN, sasl_username=ann", "mx1");
  log.line("qmgr", "AAAA11: from=<ann@x.example>, size=1, nrcpt=1 (queue active)", "mx1");
  log.line("smtp", "AAAA11: to=<z@z.example>, relay=none, delay=0, dsn=2.0.0, status=sent (ok)", "mx2");
  log.finish();
  EXPECT_TRUE(log.all<Delivery>().empty());
}

TEST(Joiner, ARefusedMessageIsNoSubmission) {
  Log log;
  log.received("AAAA11", "ann");
  log.line("cleanup", "AAAA11: message-id=<1@shop.example>");
  log.line("cleanup",
           "AAAA11: milter-reject: END-OF-MESSAGE from a.example[203.0.113.9]: 5.7.1 spam; from=<a> to=<b>");
  log.received("AAAA12", "ann");
  log.line("smtpd", "AAAA12: reject: RCPT from a.example[203.0.113.9]: 550 5.1.1 <u>: no; from=<a> to=<u>");
  log.queued("AAAA12", "ann@shop.example", 1);
  log.delivered("AAAA12", "one@ok.example");
  const auto submissions = log.all<Submission>();
  ASSERT_EQ(submissions.size(), 1U);
  EXPECT_EQ(submissions[0].queue_id, "AAAA12");
}

TEST(Joiner, ATransactionThatBringsNoMessageIsNoSubmission) {
  Log log;
  log.received("AAAA11", "ann");
  log.line("smtpd", "lost connection after RCPT from a.example[203.0.113.9]");
  log.now += minutes{6};
  log.record(NothingToSay{});
  log.finish();
  EXPECT_TRUE(log.events.empty());
}

TEST(Joiner, ASlowUploadIsSubmittedWhenItIsThere) {
  Log log;
  log.received("AAAA11", "ann");
  log.now += minutes{20};
  log.line("cleanup", "AAAA11: message-id=<1@shop.example>");
  log.queued("AAAA11", "ann@shop.example", 1);
  log.delivered("AAAA11", "one@ok.example");
  const auto submissions = log.all<Submission>();
  ASSERT_EQ(submissions.size(), 1U);
  EXPECT_EQ(submissions[0].time, kStart + minutes{20});
  EXPECT_EQ(submissions[0].session.client_name, "a.example");
}

TEST(Joiner, ADatabaseThatDoesNotKnowTheUserIsNoFailedLogin) {
  Log log;
  const auto add = [&](std::string_view text) { log.record(parse_dovecot(text)); };
  add("auth: Info: passwd-file(ann,203.0.113.9,<s/1>): unknown user");  // the next one knows her
  add("imap-login: Info: Login: user=<ann>, method=PLAIN, rip=203.0.113.9, lip=192.0.2.1, session=<s/1>");
  add("auth: Info: passwd-file(bob,203.0.113.9,<s/2>): unknown user");
  add("auth: Info: sql(bob,203.0.113.9,<s/2>): unknown user");
  add("imap-login: Info: Disconnected (auth failed, 1 attempts in 2 secs): user=<bob>, method=PLAIN, "
      "rip=203.0.113.9, lip=192.0.2.1, session=<s/2>");
  add("auth: Info: passwd-file(eve,203.0.113.9): unknown user");  // of Postfix: nobody else tells
  const auto logins = log.all<Login>();
  ASSERT_EQ(logins.size(), 3U);
  EXPECT_TRUE(logins[0].success);
  EXPECT_FALSE(logins[1].success);
  EXPECT_EQ(logins[1].account.text(), "bob");
  EXPECT_EQ(logins[2].account.text(), "eve");
}

TEST(Joiner, AMessageIdIsNoMessageYet) {
  Log log;
  log.received("AAAA11", "ann");
  log.line("cleanup", "AAAA11: message-id=<1@shop.example>");
  log.now += minutes{20};
  log.queued("AAAA11", "ann@shop.example", 2);
  log.delivered("AAAA11", "one@ok.example");
  log.delivered("AAAA11", "two@ok.example");
  log.received("AAAA12", "ann");
  log.line("cleanup", "AAAA12: message-id=<2@shop.example>");
  log.now += minutes{20};  // the connection was lost
  log.received("AAAA13", "ann");
  const auto submissions = log.all<Submission>();
  ASSERT_EQ(submissions.size(), 1U);
  EXPECT_EQ(submissions[0].recipient_count, 2U);
  EXPECT_EQ(submissions[0].size, 1000U);
  EXPECT_EQ(submissions[0].message_id, "1@shop.example");
}

TEST(Joiner, WaitsForTheRecipientsThatALineHadNoRoomFor) {
  Log log;
  MessageReceived received;
  received.queue_id = "1xUvDu-0003Kj-2j";
  received.login = "ann";
  received.sender = "ann@shop.example";
  received.sender_known = true;
  received.recipients = {"one@ok.example"};
  received.may_have_more = true;
  log.record(received);
  for (const auto* recipient : {"one@ok.example", "two@ok.example", "three@ok.example"}) {
    DeliverySeen delivery;
    delivery.queue_id = received.queue_id;
    delivery.recipient = recipient;
    delivery.status = DeliveryStatus::kSent;
    log.record(delivery);
  }
  log.record(MessageRemoved{.queue_id = received.queue_id});
  const auto submissions = log.all<Submission>();
  ASSERT_EQ(submissions.size(), 1U);
  EXPECT_EQ(submissions[0].recipient_count, 3U);
}

TEST(Joiner, HandsOnWhatIsLeftAtTheEnd) {
  Log log;
  log.received("AAAA11", "ann");
  log.finish();
  EXPECT_EQ(log.all<Submission>().size(), 1U);
}

TEST(Joiner, CutsTextsBetweenCharacters) {
  Log log;
  std::string response;
  while (response.size() < 2000) response += "\xE2\x82\xAC";
  log.received("AAAA11", "ann");
  log.delivered("AAAA11", "one@ok.example", "bounced (" + response + ")");
  log.finish();
  const auto text = log.all<Delivery>().at(0).response;
  EXPECT_LE(text.size(), kMaxTextBytes);
  EXPECT_GT(text.size(), kMaxTextBytes - 4);
  EXPECT_EQ(text.size() % 3, 0U);
}

TEST(Joiner, ForgetsTheOldestMessagesBeyondItsBound) {
  JoinerOptions options;
  options.max_messages = 100;
  Log log(options);
  for (int i = 0; i < 1000; ++i) {
    log.received("A" + std::to_string(10000 + i), "ann");
    log.queued("A" + std::to_string(10000 + i), "ann@shop.example", 2);
  }
  log.delivered("A10000", "one@ok.example");
  log.delivered("A10999", "one@ok.example");
  log.finish();
  EXPECT_EQ(log.all<Delivery>().size(), 1U);
  EXPECT_EQ(log.all<Submission>().size(), 1000U);
}

TEST(Joiner, TakesAStepBackAsTheTimeBefore) {
  Log log;
  log.record(login_of("ann"));
  log.now -= minutes{1};
  log.record(login_of("bob"));
  EXPECT_EQ(time_of(log.events[1]), kStart);
}

// The lines of a few messages, shuffled together, each message's own lines in order.
RC_GTEST_PROP(Joiner, InterleavingChangesNothingAboutTheSubmissions, ()) {
  const auto messages = *rc::gen::inRange(1, 8);
  std::map<int, int> steps;
  std::vector<int> order;
  for (int m = 0; m < messages; ++m) {
    const auto recipients = *rc::gen::inRange(1, 5);
    steps[m] = recipients;
    for (int step = 0; step < recipients + 3; ++step) order.push_back(m);
  }
  for (std::size_t i = order.size(); i > 1; --i) {
    std::swap(order[i - 1], order[*rc::gen::inRange<std::size_t>(0, i)]);
  }
  Log log;
  std::map<int, int> done;
  std::vector<std::string> received;
  for (const int m : order) {
    const auto id = "AAAA1" + std::to_string(m);
    const auto recipients = steps[m];
    const int step = done[m]++;
    log.now += seconds{1};
    if (step == 0) {
      log.received(id, "user" + std::to_string(m));
      received.push_back(id);
    } else if (step == 1) {
      log.queued(id, "s" + std::to_string(m), recipients);
    } else if (step < recipients + 2) {
      log.delivered(id, "r" + std::to_string(step) + "@ok.example");
    } else {
      log.removed(id);
    }
  }
  log.finish();
  const auto submissions = log.all<Submission>();
  RC_ASSERT(submissions.size() == received.size());
  for (std::size_t i = 0; i < submissions.size(); ++i) {
    const int m = received[i].back() - '0';
    RC_ASSERT(submissions[i].queue_id == received[i]);
    RC_ASSERT(submissions[i].account.text() == "user" + std::to_string(m));
    RC_ASSERT(submissions[i].sender == "s" + std::to_string(m));
    RC_ASSERT(submissions[i].recipients.size() == static_cast<std::size_t>(steps[m]));
  }
  RC_ASSERT(std::ranges::is_sorted(log.events, {}, [](const Event& event) { return time_of(event); }));
}

}  // namespace
}  // namespace postreeve
