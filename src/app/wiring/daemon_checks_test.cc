#include "app/wiring/daemon_checks.h"

#include <algorithm>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <boost/json/parse.hpp>

namespace postreeve {
namespace {

using ::testing::HasSubstr;

const Timestamp kNow = *parse_rfc3339("2026-11-29T03:00:00Z");

Check found(std::string_view name, std::string_view status, const WiringSettings& ours) {
  const Checks checks = check_status(boost::json::parse(status).as_object(), ours, kNow);
  const auto check = std::ranges::find(checks, name, &Check::name);
  EXPECT_NE(check, checks.end());
  return check == checks.end() ? Check{} : *check;
}

WiringSettings with_policy_gate() {
  WiringSettings ours;
  ours.postfix_policy = {"127.0.0.1:10040"};
  return ours;
}

TEST(DaemonChecks, TellTheMode) {
  EXPECT_THAT(found("daemon.mode", R"({"mode":"observe"})", {}).found, HasSubstr("nothing is refused"));
  EXPECT_EQ(found("daemon.mode", R"({"mode":"enforce"})", {}).outcome, CheckResult::kPass);
  EXPECT_EQ(found("daemon.mode", "{}", {}).outcome, CheckResult::kSkip);
}

TEST(DaemonChecks, FailWhenNothingCanBeWritten) {
  const Check full = found("daemon.state", R"({"state":"disk full"})", {});
  EXPECT_EQ(full.outcome, CheckResult::kFail);
  EXPECT_THAT(full.found, HasSubstr("disk full"));
  EXPECT_FALSE(full.fix.empty());
  EXPECT_EQ(found("daemon.state", R"({"state":"written","records_corrupt":2})", {}).outcome,
            CheckResult::kWarn);
  EXPECT_EQ(found("daemon.state", R"({"state":"written"})", {}).outcome, CheckResult::kPass);
}

TEST(DaemonChecks, FailWhileRedisDoesNotAnswer) {
  const Check away =
      found("daemon.redis", R"({"redis":{"state":"down","last_fault":"no answer in time"}})", {});
  EXPECT_EQ(away.outcome, CheckResult::kFail);
  EXPECT_THAT(away.found, HasSubstr("no answer in time"));
  EXPECT_EQ(found("daemon.redis", R"({"redis":{"state":"up","of_newer_version":1}})", {}).outcome,
            CheckResult::kWarn);
  EXPECT_EQ(found("daemon.redis", R"({"redis":{"state":"up"}})", {}).outcome, CheckResult::kPass);
  EXPECT_EQ(found("daemon.redis", "{}", {}).outcome, CheckResult::kSkip);
}

TEST(DaemonChecks, WarnWhenAGateIsNeverAsked) {
  const auto events = [](std::string_view status) {
    return found("daemon.events", status, with_policy_gate());
  };
  EXPECT_EQ(
      events(R"({"started":"2026-11-28T00:00:00Z","last_events":{"postfix_policy":"2026-11-29T02:59:00Z"}})")
          .outcome,
      CheckResult::kPass);
  const Check silent = events(R"({"started":"2026-11-28T00:00:00Z","last_events":{"postfix_policy":null}})");
  EXPECT_EQ(silent.outcome, CheckResult::kWarn);
  EXPECT_THAT(silent.found, HasSubstr("nothing came through postfix_policy in 24 hours"));
  EXPECT_EQ(events(R"({"started":"2026-11-29T02:58:00Z","last_events":{"postfix_policy":null}})").outcome,
            CheckResult::kSkip);
  EXPECT_EQ(events(R"({"last_events":7})").outcome, CheckResult::kSkip);
  EXPECT_EQ(found("daemon.events", R"({"last_events":{}})", {}).outcome, CheckResult::kSkip)
      << "no gate is open";
}

TEST(DaemonChecks, WarnWhenALogIsFarBehind) {
  EXPECT_EQ(found("daemon.logs", R"({"logs":[{"file":"/var/log/mail.log","bytes_behind":10}]})", {}).outcome,
            CheckResult::kPass);
  const Check behind =
      found("daemon.logs", R"({"logs":[7,{"file":"/var/log/mail.log","bytes_behind":99000000}]})", {});
  EXPECT_EQ(behind.outcome, CheckResult::kWarn);
  EXPECT_THAT(behind.found, HasSubstr("/var/log/mail.log is 94 MB behind"));
  EXPECT_EQ(found("daemon.logs", R"({"logs":[]})", {}).outcome, CheckResult::kSkip);
}

TEST(DaemonChecks, FailWithoutADaemon) {
  WiringSettings ours;
  ours.control_socket = "/nowhere/at/all.sock";
  const Checks checks = check_daemon(ours, kNow);
  ASSERT_EQ(checks.size(), 1U);
  EXPECT_EQ(checks[0].outcome, CheckResult::kFail);
  EXPECT_EQ(checks[0].fix, "start postreeve serve");
}

}  // namespace
}  // namespace postreeve
