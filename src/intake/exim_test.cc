#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "intake/grammars.h"

namespace postreeve {
namespace {

using namespace std::string_literals;

template <typename Kind>
Kind read(std::string_view line) {
  const auto record = parse_exim(line);
  if (const auto* kind = std::get_if<Kind>(&record)) return *kind;
  ADD_FAILURE() << "another kind of record (" << record.index() << "): " << line;
  return {};
}

template <typename Kind>
bool is(std::string_view line) {
  return std::holds_alternative<Kind>(parse_exim(line));
}

// Exim leaves (helo) out when it is the name that the address was found to have.
TEST(EximArrival, TakesAVerifiedNameForTheEhloName) {
  const auto helo_of = [](std::string_view host) {
    const std::string line =
        "1xUvDu-0003Kj-2j <= a@x.test " + std::string(host) + " P=esmtpa A=plain:a@x.test S=298";
    return std::string(read<MessageReceived>(line).helo_name);
  };
  EXPECT_EQ(helo_of("H=www.x.test [192.0.2.70]"), "www.x.test");
  EXPECT_EQ(helo_of("H=www.x.test (localhost) [192.0.2.70]"), "localhost");
  EXPECT_EQ(helo_of("H=[192.0.2.70]"), "");
}

TEST(EximArrival, GivesEveryFieldOfASubmission) {
  const auto message = read<MessageReceived>(
      "1xUvDu-0003Kj-2j <= alice@example.test H=mail.client.test (laptop) [192.0.2.70]:47931 "
      "I=[192.0.2.1]:587 "
      "P=esmtpsa X=TLS1.3:ECDHE:256 CV=no DN=\"CN=a b\" SNI=mx.example.test A=plain:alice@example.test K "
      "S=298 "
      "M8S=0 RT=0.1s id=x1@client T=\"hello \\\"you\\\"\" from <alice@example.test> for a@ok.test \"b "
      "c\"@ok.test");
  EXPECT_EQ(message.queue_id, "1xUvDu-0003Kj-2j");
  EXPECT_EQ(message.login, "alice@example.test");
  EXPECT_EQ(message.client_address, "192.0.2.70");
  EXPECT_EQ(message.client_name, "mail.client.test");
  EXPECT_EQ(message.helo_name, "laptop");
  EXPECT_EQ(message.sender, "alice@example.test");
  EXPECT_TRUE(message.sender_known);
  EXPECT_EQ(message.message_id, "x1@client");
  EXPECT_EQ(message.subject, "hello \\\"you\\\"");
  EXPECT_EQ(message.size, 298U);
  EXPECT_EQ(message.recipients, (std::vector<std::string_view>{"a@ok.test", "\"b c\"@ok.test"}));
  EXPECT_FALSE(message.is_bounce);
}

TEST(EximArrival, KnowsBothFormsOfMessageId) {
  EXPECT_EQ(read<MessageReceived>("1xUvDu-0003Kj-2j <= a@x.test U=a P=local S=9").queue_id,
            "1xUvDu-0003Kj-2j");
  EXPECT_EQ(read<MessageReceived>("[17] 1sTaVc-00000000abc-1Xyz <= a@x.test U=a P=local S=9").queue_id,
            "1sTaVc-00000000abc-1Xyz");
}

TEST(EximArrival, MayHaveItsOwnStampBehindATag) {
  for (const auto* before : {"", "2026-11-22 00:14:25 ", "2026-11-22 00:14:25.123 +0100 [17] ",
                             "mx exim[17]: 2026-11-22 00:14:25 "}) {
    const auto line = before + "1xUvDu-0003Kj-2j <= a@x.test U=a P=local S=9"s;
    EXPECT_EQ(read<MessageReceived>(line).sender, "a@x.test") << line;
  }
}

TEST(EximArrival, NamesTheMessageThatWasBounced) {
  const auto bounce = read<MessageReceived>(
      "1xUvDu-0003Kt-3B <= <> R=1xUvDu-0003Kj-2j U=Debian-exim P=local S=2283 "
      "T=\"Mail delivery failed\" from <> for alice@example.test");
  EXPECT_TRUE(bounce.is_bounce);
  EXPECT_EQ(bounce.original_queue_id, "1xUvDu-0003Kj-2j");
  EXPECT_EQ(bounce.sender, "");
  EXPECT_TRUE(bounce.sender_known);
}

TEST(EximArrival, TakesAFakeRejectionForTheAcceptanceItIs) {
  EXPECT_EQ(
      read<MessageReceived>("1xUvDu-0003Kj-2j (= a@x.test H=(h) [192.0.2.1] P=esmtpa A=login:bob S=9").login,
      "bob");
}

TEST(EximArrival, HasNoLoginWithoutOne) {
  EXPECT_EQ(read<MessageReceived>("1xUvDu-0003Kj-2j <= root@x.test U=root P=local S=9").login, "");
  EXPECT_EQ(read<MessageReceived>("1xUvDu-0003Kj-2j <= a@x.test H=(h) [192.0.2.1] P=esmtpa A=tls S=9").login,
            "");
}

TEST(EximArrival, KeepsTheLoginApartFromTheSenderOfMailAuth) {
  const auto message = read<MessageReceived>(
      "1xUvDu-0003Kj-2j <= a@x.test H=(h) [192.0.2.1] P=esmtpa A=plain:bob:victim@x.test S=9");
  EXPECT_EQ(message.login, "bob");
}

TEST(EximArrival, BelievesNoLoginThatTheProtocolDenies) {
  const auto message = read<MessageReceived>(
      "1xUvDu-0003Kj-2j <= a@x.test H=(h) [192.0.2.1] P=esmtps X=T:256 CV=no DN=\"x\" A=plain:victim Z=\"\" "
      "S=9");
  EXPECT_EQ(message.login, "");
}

TEST(EximArrival, BelievesNoLoginThatMayBeCutOff) {
  EXPECT_EQ(read<MessageReceived>("1xUvDu-0003Kj-2j <= a@x.test H=(h) [192.0.2.1] P=esmtpa A=plain:bo").login,
            "");
}

TEST(EximArrival, ReadsNoFieldInASubject) {
  const auto message = read<MessageReceived>(
      "1xUvDu-0003Kj-2j <= a@x.test H=(h) [192.0.2.1] P=esmtpa A=plain:bob S=9 "
      "T=\"x\\\" A=plain:victim for v@x.test\" for c@x.test");
  EXPECT_EQ(message.login, "bob");
  EXPECT_EQ(message.recipients, std::vector<std::string_view>{"c@x.test"});
}

TEST(EximArrival, ReadsNoFieldInAQuotedMessageIdOrSender) {
  const auto message = read<MessageReceived>(
      "1xUvDu-0003Kj-2j <= \"A=plain:v P=x\"@x.test H=(h) [192.0.2.1] P=esmtpa "
      "A=plain:bob S=9 id=\"a A=plain:victim b\"@x.test");
  EXPECT_EQ(message.login, "bob");
  EXPECT_EQ(message.sender, "\"A=plain:v P=x\"@x.test");
  EXPECT_EQ(message.message_id, "\"a A=plain:victim b\"@x.test");
}

TEST(EximArrival, ReadsNoFieldInAnIdentString) {
  const auto message = read<MessageReceived>(
      "1xUvDu-0003Kj-2j <= a@x.test H=(h) [192.0.2.1] U=x P=esmtpa A=plain:victim P=esmtp S=9");
  EXPECT_EQ(message.login, "");
}

TEST(EximArrival, FindsTheTrueAddressBehindAForgedHeloName) {
  const auto message = read<MessageReceived>(
      "1xUvDu-0003Kj-2j <= a@x.test H=(x) [198.51.100.9] P=esmtpsa A=plain:victim "
      "S=1 id=(y) [192.0.2.1]:4 P=esmtps X=T:256 CV=no S=9 id=z@x.test");
  EXPECT_EQ(message.login, "");
  EXPECT_EQ(message.client_address, "192.0.2.1");
}

TEST(EximDelivery, TellsWhatTheDestinationSaid) {
  const auto sent = read<DeliverySeen>(
      "1xUvDu-0003Kj-2j => r1@ok.test F=<a@x.test> R=all T=to_sink S=332 H=mx.ok.test [192.0.2.9]:25 X=T:256 "
      "CV=yes "
      "DN=\"C=US,O=A \\\"B\\\"\" A=plain C=\"250 2.0.0 Ok \\\"queued\\\"\" QT=0s");
  EXPECT_EQ(sent.status, DeliveryStatus::kSent);
  EXPECT_EQ(sent.recipient, "r1@ok.test");
  EXPECT_EQ(sent.sender, "a@x.test");
  EXPECT_EQ(sent.relay, "mx.ok.test [192.0.2.9]:25");
  EXPECT_EQ(sent.response, "250 2.0.0 Ok \\\"queued\\\"");
  EXPECT_EQ(sent.dsn, (EnhancedStatus{2, 0, 0}));
  EXPECT_EQ(
      read<DeliverySeen>("1xUvDu-0003Kj-2j -> r2@ok.test R=a T=t H=m [192.0.2.9] C=\"250 Ok\"").recipient,
      "r2@ok.test");
  EXPECT_EQ(read<DeliverySeen>("1xUvDu-0003Kj-2j >> r2@ok.test R=a T=t H=m [192.0.2.9] C=\"250 Ok\"").status,
            DeliveryStatus::kSent);
}

TEST(EximDelivery, TellsRefusalsDeferralsAndGivingUpApart) {
  struct Case {
    const char* line;
    DeliveryStatus status;
    const char* response;
    EnhancedStatus dsn;
  };
  const Case cases[] = {
      {"** n@bad.test F=<a@x> R=bad T=rej H=m [192.0.2.9]: SMTP error from remote mail server after RCPT "
       "TO:<n@bad.test>: "
       "550 5.1.1 <n@bad.test>: no such user",
       DeliveryStatus::kBounced,
       "550 5.1.1 <n@bad.test>: no such user",
       {5, 1, 1}},
      {"** n@bad.test R=bad T=rej: SMTP error from remote mailer after pipelined RCPT TO:<n@bad.test>: host "
       "m.bad.test "
       "[192.0.2.9]: 553 5.3.0 unknown",
       DeliveryStatus::kBounced,
       "553 5.3.0 unknown",
       {5, 3, 0}},
      {"** n@bad.test R=bad T=rej H=m [192.0.2.9] : SMTP error from remote mail server after end of data: "
       "554 spam",
       DeliveryStatus::kBounced,
       "554 spam",
       {5, 0, 0}},
      {"== f@bad.test R=bad T=rej defer (-44) H=m [192.0.2.9]*: SMTP error from remote mail server after "
       "RCPT "
       "TO:<f@bad.test>: 452 4.2.2 over quota",
       DeliveryStatus::kDeferred,
       "452 4.2.2 over quota",
       {4, 2, 2}},
      {"== f@bad.test R=bad T=rej defer (111): Connection refused",
       DeliveryStatus::kDeferred,
       "Connection refused",
       {}},
      {"== f@bad.test R=bad T=rej defer (-44) H=(m) [192.0.2.9: SMTP error from remote mail server after "
       "DATA: 450 4.7.1 x",
       DeliveryStatus::kDeferred,
       "450 4.7.1 x",
       {4, 7, 1}},
      {"** n@bad.test: retry timeout exceeded", DeliveryStatus::kExpired, "retry timeout exceeded", {}},
      {"** n@bad.test R=r: Unrouteable address", DeliveryStatus::kBounced, "Unrouteable address", {}},
  };
  for (const auto& c : cases) {
    const auto line = "1xUvDu-0003Kj-2j "s + c.line;
    const auto delivery = read<DeliverySeen>(line);
    EXPECT_EQ(delivery.status, c.status) << line;
    EXPECT_EQ(delivery.response, c.response) << line;
    EXPECT_EQ(delivery.dsn, c.dsn) << line;
  }
}

TEST(EximDelivery, NamesTheRecipientAsAnAddress) {
  struct Case {
    const char* line;
    const char* recipient;
    const char* original;
  };
  const Case cases[] = {
      {"=> final@x.test <asked@x.test> R=r T=t", "final@x.test", "asked@x.test"},
      {"=> marv <marv@x.test> R=localuser T=local_delivery", "marv@x.test", ""},
      {"=> a@x.test (b@x.test) <c@x.test> R=r T=t", "a@x.test", "c@x.test"},
      {"=> |/bin/filter <x> -f a@b <list@x.test> R=r T=address_pipe", "list@x.test", ""},
      {"=> /var/mail/box <box@x.test> R=r T=address_file", "box@x.test", ""},
      {"=> discarded <spam@x.test> R=r", "spam@x.test", ""},
      {"=> :blackhole: <spam@x.test> R=r", "spam@x.test", ""},
      {"=> \"x R=y T=z\"@x.test R=r T=t", "\"x R=y T=z\"@x.test", ""},
  };
  for (const auto& c : cases) {
    const auto line = "1xUvDu-0003Kj-2j "s + c.line;
    const auto delivery = read<DeliverySeen>(line);
    EXPECT_EQ(delivery.recipient, c.recipient) << line;
    EXPECT_EQ(delivery.original_recipient, c.original) << line;
  }
}

TEST(EximDelivery, EndsWithTheMessageLeavingTheQueue) {
  EXPECT_EQ(read<MessageRemoved>("1xUvDu-0003Kj-2j Completed").queue_id, "1xUvDu-0003Kj-2j");
  EXPECT_EQ(read<MessageRemoved>("1xUvDu-0003Kj-2j Completed QT=3s").queue_id, "1xUvDu-0003Kj-2j");
}

TEST(EximFailedLogin, GivesNameAddressAndHeloInEverySpelling) {
  struct Case {
    const char* line;
    const char* login;
    const char* name;
    const char* helo;
    LoginFailure failure;
  };
  const Case cases[] = {
      {"plain authenticator failed for (laptop) [192.0.2.7]:38599: 535 Incorrect authentication data "
       "(set_id=a@x.test)",
       "a@x.test", "", "laptop", LoginFailure::kBadPassword},
      {"[7] dovecot_login authenticator failed for h.test ([10.0.0.1]) [192.0.2.7]:1 I=[192.0.2.1]:25 Ci=9: "
       "535 Incorrect "
       "authentication data (set_id=bob)",
       "bob", "h.test", "[10.0.0.1]", LoginFailure::kBadPassword},
      {"login authenticator failed for H=(h) [192.0.2.7] U=x: 535 Incorrect authentication data", "", "", "h",
       LoginFailure::kBadPassword},
      {"login authenticator failed for h.test [192.0.2.7]: 435 Unable to authenticate at present "
       "(set_id=bob): no server",
       "bob", "h.test", "", LoginFailure::kOther},
      {"mx exim[29]: login authenticator failed for (User) [192.0.2.7]: 535 Incorrect authentication data "
       "(set_id=bob)",
       "bob", "", "User", LoginFailure::kBadPassword},
  };
  for (const auto& c : cases) {
    const auto seen = read<LoginSeen>(c.line);
    EXPECT_EQ(seen.login, c.login) << c.line;
    EXPECT_EQ(seen.client_address, "192.0.2.7") << c.line;
    EXPECT_EQ(seen.client_name, c.name) << c.line;
    EXPECT_EQ(seen.helo_name, c.helo) << c.line;
    EXPECT_EQ(seen.failure, c.failure) << c.line;
    EXPECT_EQ(seen.service, Service::kSmtp) << c.line;
  }
}

TEST(EximSessionWithoutMail, IsALoginWhenItHadOne) {
  const auto seen = read<LoginSeen>(
      "no MAIL in SMTP connection from (h) [192.0.2.7]:4 I=[192.0.2.1]:587 D=1s A=plain:bob X=T:256 "
      "C=EHLO,AUTH,QUIT");
  EXPECT_EQ(seen.login, "bob");
  EXPECT_EQ(seen.client_address, "192.0.2.7");
  EXPECT_EQ(seen.failure, LoginFailure::kNone);
  EXPECT_TRUE(is<NothingToSay>("no MAIL in SMTP connection from (h) [192.0.2.7] D=1s C=EHLO,QUIT"));
  EXPECT_FALSE(is<LoginSeen>(
      "no MAIL in SMTP connection from (x) [198.51.100.9] D=0s A=plain:victim C=(y) [192.0.2.7] D=1s"));
}

TEST(EximRefusal, KnowsWhatWasRefusedAndWhose) {
  const auto recipient = read<Refused>(
      "H=(laptop) [192.0.2.7]:46347 X=T:256 CV=no F=<a@x.test> A=plain:alice "
      "temporarily rejected RCPT <r1@ok.test>: 451 4.7.1 slow down");
  EXPECT_EQ(recipient.login, "alice");
  EXPECT_EQ(recipient.client_address, "192.0.2.7");
  EXPECT_EQ(recipient.recipient, "r1@ok.test");
  EXPECT_FALSE(recipient.whole_message);
  const auto message = read<Refused>(
      "1xUvDu-0003Kj-2j H=(h) [192.0.2.7] F=<a@x.test> A=plain:alice rejected after DATA: spam");
  EXPECT_EQ(message.queue_id, "1xUvDu-0003Kj-2j");
  EXPECT_EQ(message.login, "alice");
  EXPECT_TRUE(message.whole_message);
}

TEST(EximRefusal, ReadsEveryStage) {
  const char* const kLines[] = {
      "H=[192.0.2.7] rejected connection in \"connect\" ACL: no",
      "H=[192.0.2.7]:4 temporarily rejected connection in \"connect\" ACL",
      "H=(h) [192.0.2.7] rejected EHLO or HELO h: no",
      "H=(h) [192.0.2.7] rejected MAIL <a@x.test>: no",
      "H=(h) [192.0.2.7] F=a@x.test rejected RCPT b@x.test: relay not permitted",
      "H=(h) [192.0.2.7] rejected VRFY b@x.test",
      "rejected MAIL from (h) [192.0.2.7]: no HELO/EHLO given",
      "rejected from <a@x.test> H=(h) [192.0.2.7]: message too big: read=9 max=8",
      "H=(h) [192.0.2.7] dropped by 'connect' ACL: listed",
      "SMTP call from (h) [192.0.2.7]:4 dropped: too many nonmail commands (last was \"RSET\")",
      "refused connection from [192.0.2.7] (host_reject_connection)",
      "SMTP protocol error in \"AUTH LOGIN\" H=(h) [192.0.2.7] AUTH command used when not advertised",
      ("SMTP protocol error in \"AUTH x\" H=(v) [198.51.100.9]\" H=(h) [192.0.2.7] AUTH command used when "
       "not advertised"),
  };
  for (const auto* line : kLines) EXPECT_EQ(read<Refused>(line).client_address, "192.0.2.7") << line;
}

TEST(EximRefusal, BlamesNoAccountWhenALineHoldsTwoRefusals) {
  EXPECT_EQ(read<Refused>(
                "H=(x) [198.51.100.9] F=<a@b> A=plain:victim rejected RCPT <z@x>: (y) [192.0.2.7] F=<c@d> "
                "rejected RCPT <e@f>: no")
                .login,
            "");
}

TEST(EximRemarks, SayNothing) {
  const char* const kLines[] = {
      "",
      "exim 4.98 daemon started: pid=17, -q30m, listening for SMTP on port 25",
      "Start queue run: pid=17 -qf",
      "End queue run: pid=17 -qf",
      "SMTP connection from [192.0.2.7]:4 closed by QUIT",
      "no host name found for IP address 192.0.2.7",
      "TLS error on connection from (h) [192.0.2.7] (SSL_accept): error:0A",
      "unexpected disconnection while reading SMTP command from (h) [192.0.2.7] D=1s",
      "H=(h) [192.0.2.7] sender verify fail for <a@x.test>: no such user",
      "H=(h) [192.0.2.7] Warning: listed somewhere",
      "H=(h) [192.0.2.7] F=<a@x.test> RCPT <b@x.test>: discarded by RCPT ACL",
      "guard acct=alice act=DUNNO",
      "1xUvDu-0003Kj-2j frozen by ACL",
      "1xUvDu-0003Kj-2j Message is frozen",
      "1xUvDu-0003Kj-2j Unfrozen by errmsg timer",
      "1xUvDu-0003Kj-2j removed by root",
      "1xUvDu-0003Kj-2j Spool file is locked (another process is handling this message)",
      "1xUvDu-0003Kj-2j DKIM: d=x.test s=a c=relaxed/relaxed a=rsa-sha256 b=2048 [verification succeeded]",
      "1xUvDu-0003Kj-2j H=mx.test [192.0.2.9] Connection timed out",
      "1xUvDu-0003Kj-2j *> a@x.test R=r T=t",
      "Envelope-from: <a@x.test>",
      "Envelope-to: <b@x.test>",
      "P Received: from (h) [192.0.2.7]",
      "\tby mx.test with esmtp (Exim 4.98)",
      "I Message-Id: <1@x.test>",
      "  Subject: A=plain:victim",
      "----------------------------------------",
  };
  for (const auto* line : kLines) EXPECT_TRUE(is<NothingToSay>(line)) << line;
}

TEST(Exim, DoesNotUnderstandWhatItDoesNotWrite) {
  const char* const kLines[] = {
      "lorem ipsum dolor sit amet",
      "12345",
      "1xUvDu-0003Kj-2j <= a@x.test H=(h) [192.0.2.1] P=esmtpa A=plain:bob S=9 and more",
      "1xUvDu-0003Kj-2j <= a@x.test H=(h) [192.0.2.1] P=esmtpa A=plain:bob S=9 T=\"open",
      "something: A=plain:victim",
      "login authenticator failed for nobody knows whom",
      "imap-login: Info: Login: user=<bob>, method=PLAIN, rip=192.0.2.7, lip=192.0.2.1",
  };
  for (const auto* line : kLines) EXPECT_TRUE(is<NotUnderstood>(line)) << line;
}

TEST(EximInSyslog, ReadsTheFirstPieceOfALongLine) {
  const auto message = read<MessageReceived>(
      "[1/3] 2026-11-22 00:08:02 1xUvDu-0003Kj-2j <= ann@x.test H=a.test [203.0.113.9] P=esmtpsa A=plain:ann "
      "S=9 for a@ok.test b@ok.test c@ok.te");
  EXPECT_EQ(message.login, "ann");
  EXPECT_EQ(message.recipients, (std::vector<std::string_view>{"a@ok.test", "b@ok.test"}));
  EXPECT_TRUE(message.may_have_more);
  EXPECT_TRUE(is<NothingToSay>("[2\\3] st d@ok.test"));
}

TEST(EximArrival, ALineThatFillsTheBufferMayHaveMoreRecipients) {
  std::string line = "1xUvDu-0003Kj-2j <= ann@x.test H=a.test [203.0.113.9] P=esmtpsa A=plain:ann S=9 for";
  for (int i = 0; line.size() < 7000; ++i) line += " r" + std::to_string(i) + "@ok.test";
  EXPECT_FALSE(read<MessageReceived>(line).may_have_more);
  while (line.size() < 8000) line += " r@ok.test";
  EXPECT_TRUE(read<MessageReceived>(line).may_have_more);
}

}  // namespace
}  // namespace postreeve
