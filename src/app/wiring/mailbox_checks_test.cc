#include "app/wiring/mailbox_checks.h"

#include <fstream>

#include <gtest/gtest.h>

#include "app/wiring/gate_checks.h"
#include "app/wiring/log_checks.h"
#include "app/wiring/server_wiring.h"
#include "guard/guard_testing.h"

namespace postreeve {
namespace {

WiringSettings our_gates() {
  WiringSettings ours;
  ours.postfix_policy = {"127.0.0.1:10040"};
  ours.auth_policy = {"127.0.0.1:10044"};
  return ours;
}

std::string outcomes(const Checks& checks) {
  std::string text;
  for (const auto& check : checks) text += check.name + "=" + std::string(to_text(check.outcome)) + " ";
  return text;
}

// As doveconf of Dovecot 2.3.19 prints them.
constexpr std::string_view kDovecot =
    "auth_policy_server_url = http://127.0.0.1:10044/\n"
    "auth_policy_hash_nonce = <hidden, use -P to show it>\n"
    "auth_policy_reject_on_fail = no\n"
    "auth_policy_check_before_auth = yes\n"
    "auth_policy_report_after_auth = yes\n"
    "auth_policy_log_only = no\n"
    "auth_verbose = yes\n";

TEST(DovecotChecks, PassWhenDovecotAsks) {
  EXPECT_EQ(outcomes(check_dovecot(parse_named_values(kDovecot), our_gates())), "dovecot.auth_policy=PASS ");
}

TEST(DovecotChecks, FailWhenDovecotAsksNobody) {
  EXPECT_EQ(outcomes(check_dovecot({}, our_gates())), "dovecot.auth_policy=FAIL ");
}

TEST(DovecotChecks, FailWhenDovecotDoesNotKnowThePassword) {
  auto ours = our_gates();
  ours.auth_policy_header = "X-Guard-Key:secret";
  auto dovecot = parse_named_values(kDovecot);
  EXPECT_EQ(outcomes(check_dovecot(dovecot, ours)),
            "dovecot.auth_policy=PASS dovecot.auth_policy_server_api_header=FAIL ");
  dovecot["auth_policy_server_api_header"] = "X-Guard-Key:secret";
  EXPECT_EQ(outcomes(check_dovecot(dovecot, ours)), "dovecot.auth_policy=PASS ");
}

TEST(DovecotChecks, WarnOfWhatMakesItUseless) {
  auto dovecot = parse_named_values(kDovecot);
  dovecot["auth_policy_reject_on_fail"] = "yes";
  dovecot["auth_policy_report_after_auth"] = "no";
  dovecot["auth_policy_hash_nonce"] = "";
  EXPECT_EQ(outcomes(check_dovecot(dovecot, our_gates())),
            "dovecot.auth_policy=PASS dovecot.auth_policy_reject_on_fail=WARN "
            "dovecot.auth_policy_report_after_auth=FAIL dovecot.auth_policy_hash_nonce=WARN ");
}

TEST(EximChecks, FailWhenHeldMessagesDoNotStayHeld) {
  const auto checks = check_exim(
      "auto_thaw = 2d\ntimeout_frozen_after = 0s\nbegin acl\n  x = ${readsocket{inet:127.0.0.1:10040}{a}}\n",
      our_gates());
  EXPECT_EQ(outcomes(checks), "exim.policy=PASS exim.auto_thaw=FAIL exim.timeout_frozen_after=PASS ");
}

TEST(EximChecks, LookIntoIncludedFilesAndKnowAGateByItsSocket) {
  const TemporaryDirectory directory;
  const std::string acl = directory.file("postreeve_rcpt.acl");
  const std::string main = directory.file("exim.conf");
  std::ofstream(acl) << "warn set acl_m_a = ${readsocket{/run/postreeve/policy.sock}{x}}\n";
  std::ofstream(main) << "timeout_frozen_after = 7d\nbegin acl\nrcpt:\n  .include " << acl
                      << "\n.include_if_exists /nowhere/at.all\n";
  WiringSettings ours;
  ours.postfix_policy = {"unix:/run/postreeve/policy.sock"};
  const auto text = read_exim(main);
  ASSERT_TRUE(text);
  EXPECT_EQ(outcomes(check_exim(*text, ours)),
            "exim.policy=PASS exim.auto_thaw=PASS exim.timeout_frozen_after=WARN ");
  EXPECT_EQ(outcomes(check_exim("timeout_frozen_after = 1d\n", ours)),
            "exim.policy=FAIL exim.auto_thaw=PASS exim.timeout_frozen_after=FAIL ");
}

TEST(EximChecks, ReadsAFileThatIncludesItselfToAnEnd) {
  const TemporaryDirectory directory;
  const std::string main = directory.file("exim.conf");
  std::ofstream(main) << "auto_thaw = 1h\n.include " << main << "\n";
  EXPECT_TRUE(read_exim(main));
}

TEST(EximChecks, ReadItsTimes) {
  EXPECT_EQ(parse_exim_time("1h30m"), 5400U);
  EXPECT_EQ(parse_exim_time("7d"), 604800U);
  EXPECT_EQ(parse_exim_time("0s"), 0U);
  for (const auto* bad : {"", "s", "1x", "-1"}) EXPECT_FALSE(parse_exim_time(bad)) << bad;
}

TEST(EximWiring, PutsALineFirstIntoTheAcl) {
  const std::string text =
      "acl_smtp_rcpt = acl_rcpt\n\nbegin acl\n\nacl_data:\n  accept\nacl_rcpt:\n  accept\nbegin routers\n";
  EXPECT_EQ(with_line_in_acl(text, "acl_smtp_rcpt", ".include /x"),
            "acl_smtp_rcpt = acl_rcpt\n\nbegin acl\n\nacl_data:\n  accept\nacl_rcpt:\n.include /x\n  accept\n"
            "begin routers\n");
  EXPECT_FALSE(with_line_in_acl(text, "acl_smtp_data", "x"));
  EXPECT_FALSE(with_line_in_acl("acl_smtp_rcpt = gone\nbegin acl\nother:\n", "acl_smtp_rcpt", "x"));
}

TEST(WiringSettings, KnowOurGatesInOthersWords) {
  const std::vector<std::string> ours{"127.0.0.1:10040", "unix:/var/spool/postfix/run/postreeve.sock"};
  EXPECT_TRUE(names_one_of("inet:127.0.0.1:10040", ours));
  EXPECT_TRUE(names_one_of("inet:localhost:10040", ours));
  EXPECT_TRUE(names_one_of("unix:run/postreeve.sock", ours));
  EXPECT_FALSE(names_one_of("inet:127.0.0.1:1004", ours));
  EXPECT_FALSE(names_one_of("inet:127.0.0.1:100401", ours));
  EXPECT_FALSE(names_one_of("", ours));
}

TEST(GateChecks, FailWhereNobodyListens) {
  WiringSettings ours;
  ours.tcp_table = {"unix:/nonexistent/postreeve.sock"};
  const auto checks = check_gates(ours);
  EXPECT_EQ(outcomes(checks),
            "gate.postfix_policy=SKIP gate.socketmap=SKIP gate.tcp_table=FAIL gate.milter=SKIP "
            "gate.auth_policy=SKIP gate.events=SKIP ");
}

TEST(Plugin, SaysTheWorstInOneLine) {
  EXPECT_EQ(checks_as_plugin({{CheckResult::kWarn, "a", "b | c", "d"}, {CheckResult::kFail, "e", "f", ""}}),
            "POSTREEVE CRITICAL - 1 FAIL, 1 WARN, 0 PASS: e: f; a: b / c\n");
  EXPECT_EQ(checks_as_plugin({}), "POSTREEVE UNKNOWN - 0 FAIL, 0 WARN, 0 PASS\n");
}

TEST(LogChecks, SayWhenStampsAreHoursOff) {
  const auto now = parse_rfc3339("2026-11-22T12:00:00Z").value();
  const std::string line = "Nov 22 13:00:00 mx postfix/qmgr[1]: 4jX8Xy0SxKz1c3pc: removed\n";
  const auto facts = read_log_facts(line, "UTC", now);
  EXPECT_EQ(outcomes(judge_log("x", *facts, now, now)),
            "logs.content=PASS logs.clock=FAIL logs.clients=SKIP ");
  const auto right = read_log_facts(line, "Europe/Berlin", now);
  EXPECT_EQ(outcomes(judge_log("x", *right, now, now)),
            "logs.content=PASS logs.clock=PASS logs.clients=SKIP ");
}

TEST(LogChecks, SayWhenAProxyHidesTheClients) {
  const auto now = parse_rfc3339("2026-11-22T12:00:00Z").value();
  const auto log_from = [](auto address_of) {
    std::string text;
    for (int i = 0; i < 40; ++i) {
      text += "2026-11-22T12:00:00Z mx dovecot: imap-login: Login: user=<a" + std::to_string(i % 20) +
              "@x.example>, method=PLAIN, rip=" + address_of(i) + ", lip=192.0.2.1, mpid=1, session=<s" +
              std::to_string(i) + ">\n";
    }
    return text;
  };
  const auto hidden = read_log_facts(log_from([](int) { return std::string("10.0.0.1"); }), "UTC", now);
  EXPECT_EQ(outcomes(judge_log("x", *hidden, now, now)),
            "logs.content=PASS logs.clock=PASS logs.clients=FAIL ");
  const auto open =
      read_log_facts(log_from([](int i) { return "198.51.100." + std::to_string(i % 15); }), "UTC", now);
  EXPECT_EQ(outcomes(judge_log("x", *open, now, now)),
            "logs.content=PASS logs.clock=PASS logs.clients=PASS ");
}

}  // namespace
}  // namespace postreeve
