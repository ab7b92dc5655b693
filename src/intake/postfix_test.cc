#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <string>

#include "intake/grammars.h"

namespace postreeve {
namespace {

template <typename T>
T parsed_as(std::string_view service, std::string_view message) {
  const Record record = parse_postfix(service, message);
  const T* value = std::get_if<T>(&record);
  EXPECT_NE(value, nullptr) << service << ": " << message << " is a record of kind " << record.index();
  return value == nullptr ? T{} : *value;
}

bool says_nothing(std::string_view service, std::string_view message) {
  return std::holds_alternative<NothingToSay>(parse_postfix(service, message));
}

bool is_not_understood(std::string_view service, std::string_view message) {
  return std::holds_alternative<NotUnderstood>(parse_postfix(service, message));
}

TEST(PostfixSmtpd, NamesTheAccountOfAMessage) {
  const auto message =
      parsed_as<MessageReceived>("smtpd",
                                 "4jX8PP4fDkz1c3rt: client=dsl.example.net[203.0.113.9], sasl_method=PLAIN, "
                                 "sasl_username=ann@shop.example, sasl_sender=<ann@shop.example>");
  EXPECT_EQ(message.queue_id, "4jX8PP4fDkz1c3rt");
  EXPECT_EQ(message.login, "ann@shop.example");
  EXPECT_EQ(message.client_name, "dsl.example.net");
  EXPECT_EQ(message.client_address, "203.0.113.9");
}

TEST(PostfixSmtpd, NamesTheMessageThatAFilterPutsBack) {
  const auto message =
      parsed_as<MessageReceived>("smtpd",
                                 "7C1E613A003: client=localhost[127.0.0.1], orig_queue_id=8738613A002, "
                                 "orig_client=mail.shop.example[192.0.2.7]");
  EXPECT_EQ(message.login, "");
  EXPECT_EQ(message.original_queue_id, "8738613A002");
  EXPECT_EQ(message.original_client_address, "192.0.2.7");
}

TEST(PostfixSmtpd, ReadsFieldsItDoesNotKnow) {
  const auto message = parsed_as<MessageReceived>(
      "smtpd",
      "4104E3D: client=a.example[192.0.2.7]:4711, tls=may:none, sasl_method=LOGIN, sasl_username=ann");
  EXPECT_EQ(message.login, "ann");
}

TEST(PostfixSmtpd, HasNoQueueIdBeforeAProxyFilter) {
  const auto message = parsed_as<MessageReceived>(
      "smtpd", "NOQUEUE: client=a.example[192.0.2.7], sasl_method=LOGIN, sasl_username=ann");
  EXPECT_EQ(message.queue_id, "");
  EXPECT_EQ(message.login, "ann");
}

struct FailedLoginCase {
  const char* what;
  std::string_view message;
  std::string_view login;
  LoginFailure failure;
};

TEST(PostfixSmtpd, ReportsFailedLoginsInAllSpellings) {
  const FailedLoginCase cases[] = {
      {"2.x, a base64 prompt", "warning: a[192.0.2.7]: SASL LOGIN authentication failed: UGFzc3dvcmQ6", "",
       LoginFailure::kBadPassword},
      {"2.x, no reason", "warning: a[192.0.2.7]: SASL PLAIN authentication failed:", "",
       LoginFailure::kBadPassword},
      {"with a port", "warning: a[192.0.2.7]:55729: SASL LOGIN authentication failed: authentication failure",
       "", LoginFailure::kBadPassword},
      {"3.x",
       "warning: a[192.0.2.7]: SASL PLAIN authentication failed: (reason unavailable), sasl_username=ann",
       "ann", LoginFailure::kBadPassword},
      {"3.x without a name",
       "warning: a[192.0.2.7]: SASL LOGIN authentication failed: UGFzc3dvcmQ6, sasl_username=(unavailable)",
       "(unavailable)", LoginFailure::kBadPassword},
      {"a lost server",
       "warning: a[192.0.2.7]: SASL LOGIN authentication failed: Connection lost to authentication server",
       "", LoginFailure::kOther},
      {"a mechanism that is not offered",
       "warning: a[192.0.2.7]: SASL CRAM-MD5 authentication failed: Invalid authentication mechanism", "",
       LoginFailure::kOther},
      {"Cyrus says that there is no such user",
       "warning: a[192.0.2.7]: SASL PLAIN authentication failed: user not found, sasl_username=bob", "bob",
       LoginFailure::kUnknownUser},
  };
  for (const auto& c : cases) {
    const auto login = parsed_as<LoginSeen>("smtpd", c.message);
    EXPECT_EQ(login.login, c.login) << c.what;
    EXPECT_EQ(login.failure, c.failure) << c.what;
    EXPECT_EQ(login.client_address, "192.0.2.7") << c.what;
    EXPECT_EQ(login.service, Service::kSmtp) << c.what;
  }
}

TEST(PostfixSmtpd, TakesTheWholeRestAsTheNameOfAFailedLogin) {
  const auto login =
      parsed_as<LoginSeen>("smtpd",
                           "warning: unknown[127.0.4.91]: SASL PLAIN authentication failed: (reason "
                           "unavailable), sasl_username=x, sasl_username=ann@shop.example");
  EXPECT_EQ(login.login, "x, sasl_username=ann@shop.example");
  EXPECT_EQ(login.failure, LoginFailure::kBadPassword);
}

TEST(PostfixSmtpd, DoesNotTakeALineInsideALoginNameForALine) {
  const auto login = parsed_as<LoginSeen>(
      "smtpd",
      "warning: unknown[127.0.4.91]: SASL PLAIN authentication failed: (reason unavailable), "
      "sasl_username=evil?nNov 22 00:00:00 mx postfix/smtpd[1]: ABCDEF1: client=unknown[1.2.3.4], "
      "sasl_method=PLAIN, sasl_username=ann@shop.example");
  EXPECT_TRUE(login.login.starts_with("evil?nNov 22"));
}

TEST(PostfixSmtpd, DoesNotTakeVerboseAttributesForALogin) {
  EXPECT_TRUE(says_nothing("smtpd", "send attr sasl_username = ann@shop.example"));
  EXPECT_TRUE(says_nothing("qmgr", "send attr sasl_username ="));
  EXPECT_TRUE(says_nothing("smtpd", "> localhost[::1]: 250 2.0.0 Ok: queued as D4748404B37D"));
  EXPECT_TRUE(says_nothing("smtpd", "< a[192.0.2.7]: AUTH PLAIN AGFubgBwYXNz"));
  EXPECT_TRUE(says_nothing("smtpd", "xsasl_dovecot_handle_reply: auth reply: OK?1?user=ann@shop.example"));
}

TEST(PostfixSmtpd, RefusesRecipientsAndWholeMessages) {
  const auto recipient = parsed_as<Refused>(
      "smtpd",
      "NOQUEUE: reject: RCPT from a.example[192.0.2.7]: 553 5.7.1 <ceo@other.example>: Sender address "
      "rejected: not owned by user ann; from=<ceo@other.example> to=<r1@ok.example> proto=ESMTP helo=<c>");
  EXPECT_FALSE(recipient.whole_message);
  EXPECT_EQ(recipient.queue_id, "");
  EXPECT_EQ(recipient.recipient, "r1@ok.example");
  EXPECT_EQ(recipient.client_address, "192.0.2.7");
  const auto message = parsed_as<Refused>(
      "smtpd",
      "4jX8M90412z1c3hY: reject: END-OF-MESSAGE from a.example[192.0.2.7]: 550 5.7.1 "
      "<END-OF-MESSAGE>: End-of-data rejected: x; from=<a@x.example> proto=ESMTP helo=<v>");
  EXPECT_TRUE(message.whole_message);
  EXPECT_EQ(message.queue_id, "4jX8M90412z1c3hY");
}

TEST(PostfixSmtpd, ReadsAForgedRecipientInsideItsQuotes) {
  const auto refused = parsed_as<Refused>(
      "smtpd",
      R"(NOQUEUE: reject: RCPT from unknown[127.0.4.91]: 553 5.7.1 <x>: Sender address rejected: no; )"
      R"(from=<"x, sasl_username=bob"@x.example> to=<"> to=<z@z.test>, dsn=5.1.1, status=bounced (x"@ok.test> )"
      R"(proto=ESMTP helo=<a?>)");
  EXPECT_EQ(refused.recipient, R"("> to=<z@z.test>, dsn=5.1.1, status=bounced (x"@ok.test)");
}

TEST(PostfixSmtpd, HoldsAndFiltersAreNoRefusals) {
  EXPECT_TRUE(
      says_nothing("smtpd",
                   "4jX8M90412z1c3hY: hold: END-OF-MESSAGE from a[192.0.2.7]: <END-OF-MESSAGE>: End-of-data "
                   "guard; from=<a@x.example> proto=ESMTP helo=<v>"));
  EXPECT_TRUE(says_nothing("smtpd",
                           "NOQUEUE: filter: RCPT from a[192.0.2.7]: <b@x.example>: Sender address triggers "
                           "FILTER f:[127.0.0.1]:10024; from=<b@x.example> to=<c@x.example> proto=ESMTP"));
  EXPECT_TRUE(
      says_nothing("smtpd", "NOQUEUE: warn: RCPT from a[192.0.2.7]: guard score 5; from=<> to=<a@b>"));
}

TEST(PostfixSmtpd, HasSmallTalk) {
  for (const std::string_view line :
       {"connect from unknown[192.0.2.7]",
        "disconnect from a[2001:db8::7] ehlo=1 auth=0/1 quit=1 commands=2/3",
        "lost connection after DATA (0 bytes) from a[192.0.2.7]",
        "NOQUEUE: lost connection after CONNECT from a[b]",
        "improper command pipelining after EHLO from a[192.0.2.7]: MAIL FROM:<>\\n",
        "Anonymous TLS connection established from a[192.0.2.7]: TLSv1.3 with cipher X",
        "SSL_accept error from a[192.0.2.7]: lost connection",
        "warning: hostname x does not resolve to address y", "fatal: no SASL authentication mechanisms",
        "statistics: max cache size 1 at Oct 26 18:13:50"}) {
    EXPECT_TRUE(says_nothing("smtpd", line)) << line;
  }
}

TEST(PostfixCleanup, ReadsMessageIds) {
  EXPECT_EQ(parsed_as<MessageIdSeen>("cleanup", "0F5383D: message-id=<1@x.example>").message_id,
            "1@x.example");
  EXPECT_EQ(parsed_as<MessageIdSeen>("cleanup", "4104E3D: message-id=<>").message_id, "");
  EXPECT_EQ(parsed_as<MessageIdSeen>("cleanup", "4104E3D: message-id==?UTF-8?B?PDE5?=").message_id,
            "=?UTF-8?B?PDE5?=");
}

TEST(PostfixCleanup, ReadsCheckedHeaders) {
  const auto header =
      parsed_as<HeaderSeen>("cleanup",
                            "D8B07E3DB6: warning: header Subject: news from home from localhost[127.0.0.1]; "
                            "from=<a@x.example> to=<b@x.example> proto=ESMTP helo=<h>: advice");
  EXPECT_EQ(header.name, "Subject");
  EXPECT_EQ(header.value, "news from home");
  EXPECT_EQ(header.helo_name, "h");
  EXPECT_EQ(
      parsed_as<HeaderSeen>("cleanup", "D95341E50350: info: header Subject: t from local; from=<a@b>").value,
      "t");
}

TEST(PostfixCleanup, RefusesMessagesByHeaderAndByMilter) {
  EXPECT_TRUE(parsed_as<Refused>("cleanup",
                                 "D95341E50350: reject: header Subject: t from local; from=<a@b>: 5.7.1 no")
                  .whole_message);
  EXPECT_TRUE(parsed_as<Refused>("cleanup",
                                 "769FF2E0760: milter-reject: END-OF-MESSAGE from a[192.0.2.7]: 4.7.1 later; "
                                 "from=<a@b> to=<c@d> proto=ESMTP helo=<h>")
                  .whole_message);
  EXPECT_TRUE(says_nothing("cleanup",
                           "769FF2E0760: milter-hold: END-OF-MESSAGE from a[192.0.2.7]: milter triggers HOLD "
                           "action; from=<a@b> to=<c@d> proto=ESMTP helo=<h>"));
}

TEST(PostfixQueue, CountsRecipients) {
  const auto queued =
      parsed_as<MessageQueued>("qmgr", "0F5383D: from=<a@x.example>, size=5360, nrcpt=3 (queue active)");
  EXPECT_EQ(queued.sender, "a@x.example");
  EXPECT_EQ(queued.size, 5360U);
  EXPECT_EQ(queued.recipient_count, 3U);
  EXPECT_EQ(parsed_as<MessageQueued>("nqmgr", "0F5383D: from=<>, size=1, nrcpt=1 (queue deferred) ").sender,
            "");
}

TEST(PostfixQueue, ForgetsAndExpiresMessages) {
  EXPECT_EQ(parsed_as<MessageRemoved>("qmgr", "0F5383D: removed").queue_id, "0F5383D");
  EXPECT_EQ(parsed_as<MessageRemoved>("postsuper", "0F5383D: removed").queue_id, "0F5383D");
  const auto expired =
      parsed_as<DeliverySeen>("qmgr", "585BC3F: from=<>, status=expired, returned to sender");
  EXPECT_EQ(expired.status, DeliveryStatus::kExpired);
  EXPECT_TRUE(says_nothing("qmgr", "ED06590130AA1C9D6D862: skipped, still being delivered"));
}

TEST(PostfixDelivery, ReadsAllFieldsOfTheNewestVersion) {
  const auto delivery = parsed_as<DeliverySeen>(
      "smtp",
      "7EE668039: to=<u@x.example>, orig_to=<v@x.example>, relay=mail.x.example[192.0.2.7]:25, conn_use=2, "
      "delay=3.6, delays=0.08/0.02/0.85/0.14, tls=dane/!requiretls:nocertmatch, dsn=2.1.5, status=sent (250 "
      "2.0.0 Ok: queued as 153053D)");
  EXPECT_EQ(delivery.recipient, "u@x.example");
  EXPECT_EQ(delivery.original_recipient, "v@x.example");
  EXPECT_EQ(delivery.relay, "mail.x.example[192.0.2.7]:25");
  EXPECT_EQ(delivery.dsn, (EnhancedStatus{2, 1, 5}));
  EXPECT_EQ(delivery.status, DeliveryStatus::kSent);
  EXPECT_EQ(delivery.response, "250 2.0.0 Ok: queued as 153053D");
}

TEST(PostfixDelivery, FindsTheCodeInTheReplyOfOldVersions) {
  const auto delivery = parsed_as<DeliverySeen>(
      "smtp",
      "7EE668039: to=<u@x.example>, relay=mail.x.example[192.0.2.7], delay=3, status=bounced (host "
      "mail.x.example[192.0.2.7] said: 550 5.1.1 <u@x.example>: unknown (in reply to RCPT TO command))");
  EXPECT_EQ(delivery.status, DeliveryStatus::kBounced);
  EXPECT_EQ(delivery.dsn, (EnhancedStatus{5, 1, 1}));
}

TEST(PostfixDelivery, ReadsAForgedDeliveryInsideItsQuotes) {
  const auto delivery = parsed_as<DeliverySeen>(
      "smtp",
      R"(7EE668039: to=<"> to=<z@z.test>, dsn=5.1.1, status=bounced (x"@ok.test>, relay=none, delay=0, )"
      R"(delays=0/0/0/0, dsn=4.4.1, status=deferred (connect to a[192.0.2.7]:25: Connection refused))");
  EXPECT_EQ(delivery.recipient, R"("> to=<z@z.test>, dsn=5.1.1, status=bounced (x"@ok.test)");
  EXPECT_EQ(delivery.status, DeliveryStatus::kDeferred);
}

TEST(PostfixDelivery, ProbesAreNoDeliveries) {
  EXPECT_TRUE(says_nothing("smtp",
                           "AE11A4011B7B: to=<u@x.example>, relay=a[192.0.2.7]:25, delay=2, "
                           "delays=0/0/1/0, dsn=2.1.5, status=deliverable (250 2.1.5 OK)"));
  EXPECT_TRUE(says_nothing("error",
                           "3E29030F8637E: to=<u@x.example>, relay=none, delay=0.01, delays=0.01/0/0/0, "
                           "dsn=5.1.1, status=undeliverable-but-not-cached (unknown)"));
}

TEST(PostfixDelivery, AHalfLineIsNotUnderstood) {
  EXPECT_TRUE(is_not_understood("smtp", "1F2DF60508: to=<u@x.example>, "));
  EXPECT_TRUE(
      is_not_understood("smtp", "1F2DF60508: to=<u@x.example>, relay=none, delay=0, dsn=2.0.0, stat"));
  EXPECT_TRUE(is_not_understood("smtp", "1F2DF60508: to=<u@x.example"));
}

TEST(PostfixDelivery, SmtpdCannotReportOne) {
  EXPECT_TRUE(
      is_not_understood("smtpd", "1F2DF60508: to=<u@x.example>, relay=none, delay=0, status=sent (x)"));
}

TEST(PostfixBounce, NamesTheNotification) {
  for (const std::string_view what :
       {"sender non-delivery notification: ", "sender delay notification: ",
        "sender delivery status notification: ", "postmaster non-delivery notification: "}) {
    const std::string line = "17CCA8044: " + std::string(what) + "ADD2F8052";
    const auto sent = parsed_as<NotificationSent>("bounce", line);
    EXPECT_EQ(sent.queue_id, "17CCA8044");
    EXPECT_EQ(sent.notification_queue_id, "ADD2F8052");
  }
}

TEST(PostfixPickup, ReceivesFromLocalPrograms) {
  const auto message = parsed_as<MessageReceived>("pickup", "D2FAE20586: uid=0 from=<root>");
  EXPECT_EQ(message.sender, "root");
  EXPECT_EQ(message.login, "");
  EXPECT_EQ(parsed_as<MessageReceived>("pickup", "D2FAE20586: uid=0 from=<root> orig_id=17CCA8044")
                .original_queue_id,
            "17CCA8044");
}

TEST(PostfixOthers, HaveSmallTalk) {
  EXPECT_TRUE(says_nothing("postscreen", "PREGREET 6 after 1.2 from [192.0.2.7]:43421: RSET"));
  EXPECT_TRUE(says_nothing("postscreen", "PASS OLD [2001:db8::3]:52237"));
  EXPECT_TRUE(says_nothing("postsuper", "Deleted: 115 messages"));
  EXPECT_TRUE(says_nothing("postsuper", "4jX8Xy0SxKz1c3pc: released from hold"));
  EXPECT_TRUE(says_nothing("master", "daemon started -- version 3.7.11, configuration /etc/postfix"));
  EXPECT_TRUE(says_nothing("dnsblog", "addr 192.0.2.7 listed by domain bl.example as 127.0.0.2"));
  EXPECT_TRUE(says_nothing("qmgr", "qmgr_active_feed: incoming/D4748404B37D"));
}

TEST(PostfixOthers, NonsenseIsNotUnderstood) {
  for (const std::string_view line :
       {"", "connect", "connect from ", "4104E3D: client=", "4104E3D:", "hello world"}) {
    EXPECT_TRUE(is_not_understood("smtpd", line)) << line;
  }
}

RC_GTEST_PROP(Postfix, ALoginTypedAsAnythingIsOnlyEverTheFailedLoginItself, (const std::string& typed)) {
  const std::string line =
      "warning: a[192.0.2.7]: SASL PLAIN authentication failed: (reason unavailable), sasl_username=x" +
      typed + "x";
  const Record record = parse_postfix("smtpd", line);
  RC_ASSERT(std::holds_alternative<LoginSeen>(record));
  RC_ASSERT(std::get<LoginSeen>(record).login == "x" + typed + "x");
}

RC_GTEST_PROP(Postfix, AQuotedRecipientNeverChangesTheOutcome, (const std::string& hostile)) {
  std::string localpart;
  for (const char c : hostile + "> , status=sent (x") {
    if (c == '"' || c == '\\') localpart += '\\';
    localpart += c;
  }
  const std::string line =
      "7EE668039: to=<\"" + localpart +
      "\"@x.example>, relay=none, delay=0, delays=0/0/0/0, dsn=5.1.1, status=bounced (no)";
  const Record record = parse_postfix("smtp", line);
  RC_ASSERT(std::holds_alternative<DeliverySeen>(record));
  RC_ASSERT(std::get<DeliverySeen>(record).status == DeliveryStatus::kBounced);
}

}  // namespace
}  // namespace postreeve
