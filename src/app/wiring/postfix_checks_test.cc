#include "app/wiring/postfix_checks.h"

#include <algorithm>

#include <gtest/gtest.h>

namespace postreeve {
namespace {

constexpr std::string_view kServices =
    "submission inet  n       -       n       -       -       smtpd -o smtpd_sasl_auth_enable=yes\n"
    "127.0.0.1:2525 inet n - n - - smtpd\n"
    "pickup     unix  n       -       n       60      1       pickup\n";

WiringSettings our_gates() {
  WiringSettings ours;
  ours.postfix_policy = {"127.0.0.1:10040"};
  ours.socketmap = {"127.0.0.1:10041"};
  ours.milter = {"127.0.0.1:10043"};
  return ours;
}

PostfixSettings postfix_with(std::string_view main) {
  PostfixSettings postfix;
  postfix.main = parse_named_values(main);
  postfix.services = parse_postconf_services(kServices, "submission/inet/smtpd_sasl_auth_enable = yes\n");
  return postfix;
}

// The outcomes with this name; "" when there are none.
std::string outcome_of(const Checks& checks, std::string_view name) {
  std::string outcomes;
  for (const auto& check : checks) {
    if (check.name == name)
      outcomes += std::string(outcomes.empty() ? "" : " ") + std::string(to_text(check.outcome));
  }
  return outcomes;
}

TEST(PostfixSettings, ReadsWhatPostconfSays) {
  const auto services = parse_postconf_services(
      kServices,
      "submission/inet/smtpd_recipient_restrictions = permit_sasl_authenticated, reject\n"
      "127.0.0.1:2525/inet/syslog_name = postfix/mx\n");
  ASSERT_EQ(services.size(), 3U);
  EXPECT_EQ(services[0].program, "smtpd");
  EXPECT_EQ(services[0].overrides.at("smtpd_recipient_restrictions"), "permit_sasl_authenticated, reject");
  EXPECT_EQ(services[1].overrides.at("syslog_name"), "postfix/mx");
  EXPECT_EQ(services[2].id(), "pickup/unix");
}

TEST(PostfixSettings, TakesRestrictionsApart) {
  const auto list = parse_restrictions(
      "check_policy_service { inet:127.0.0.1:10040, timeout=3s, { policy_context = a b }, "
      "default_action=DUNNO },check_sasl_access socketmap:inet:127.0.0.1:10041:locks "
      "permit_sasl_authenticated, "
      "reject_rbl_client zen.example, reject");
  ASSERT_EQ(list.size(), 5U);
  EXPECT_EQ(list[0].argument, "inet:127.0.0.1:10040");
  EXPECT_EQ(list[0].settings.at("default_action"), "DUNNO");
  EXPECT_EQ(list[0].settings.at("policy_context"), "a b");
  EXPECT_EQ(list[1].argument, "socketmap:inet:127.0.0.1:10041:locks");
  EXPECT_EQ(list[2].name, "permit_sasl_authenticated");
  EXPECT_EQ(list[4].name, "reject");
}

TEST(PostfixSettings, SurvivesWhatIsNoConfiguration) {
  EXPECT_TRUE(parse_restrictions("").empty());
  EXPECT_EQ(parse_restrictions("check_policy_service").size(), 1U);
  EXPECT_EQ(parse_restrictions("check_policy_service { inet:1").size(), 1U);
  EXPECT_EQ(parse_restrictions("}}}{").size(), 1U);
  EXPECT_TRUE(parse_postconf_services("a b c\n", "x\n=\n").empty());
}

struct Case {
  const char* says;
  const char* main;
  const char* check;
  const char* outcome;
};

class PostfixWiring : public testing::TestWithParam<Case> {};

TEST_P(PostfixWiring, IsJudged) {
  const auto checks = check_postfix(postfix_with(GetParam().main), our_gates());
  EXPECT_EQ(outcome_of(checks, GetParam().check), GetParam().outcome) << checks_as_table(checks);
}

INSTANTIATE_TEST_SUITE_P(
    Cases, PostfixWiring,
    testing::Values(
        Case{"nobody is asked", "smtpd_recipient_restrictions = permit_sasl_authenticated, reject\n",
             "postfix.policy", "FAIL"},
        Case{"asked first",
             "smtpd_recipient_restrictions = check_policy_service inet:127.0.0.1:10040, "
             "permit_sasl_authenticated\n",
             "postfix.policy", "PASS"},
        Case{"another policy service",
             "smtpd_recipient_restrictions = check_policy_service inet:127.0.0.1:1\n", "postfix.policy",
             "FAIL"},
        Case{"asked too late",
             "smtpd_recipient_restrictions = permit_sasl_authenticated, check_policy_service "
             "inet:127.0.0.1:10040\n",
             "postfix.order", "FAIL"},
        Case{"fails closed",
             "smtpd_recipient_restrictions = check_policy_service inet:127.0.0.1:10040\n"
             "smtpd_policy_service_default_action = 451 4.3.5 Server configuration problem\n",
             "postfix.fail_open", "WARN"},
        Case{"fails open by its own setting",
             "smtpd_recipient_restrictions = check_policy_service { inet:127.0.0.1:10040, "
             "default_action=DUNNO }\n"
             "smtpd_policy_service_default_action = 451 4.3.5 Server configuration problem\n",
             "postfix.fail_open", "PASS"},
        Case{"tried once",
             "smtpd_recipient_restrictions = check_policy_service { inet:127.0.0.1:10040, try_limit=1, "
             "default_action=DUNNO }\n",
             "postfix.tries", "WARN"},
        Case{"tried twice",
             "smtpd_recipient_restrictions = check_policy_service inet:127.0.0.1:10040\n"
             "smtpd_policy_service_try_limit = 2\n",
             "postfix.tries", "PASS"},
        Case{"not asked when the message is whole",
             "smtpd_recipient_restrictions = check_policy_service inet:127.0.0.1:10040\n",
             "postfix.end_of_data", "WARN"},
        Case{"asked when the message is whole",
             "smtpd_end_of_data_restrictions = check_policy_service inet:127.0.0.1:10040\n",
             "postfix.end_of_data", "PASS"},
        Case{"asked at two stages",
             "smtpd_sender_restrictions = check_policy_service inet:127.0.0.1:10040\n"
             "smtpd_recipient_restrictions = check_policy_service inet:127.0.0.1:10040\n",
             "postfix.stages", "WARN"},
        Case{"policy and milter",
             "smtpd_milters = inet:127.0.0.1:10043\n"
             "smtpd_recipient_restrictions = check_policy_service inet:127.0.0.1:10040\n",
             "postfix.stages", "WARN"},
        Case{"milter alone is enough", "smtpd_milters = inet:127.0.0.1:10043\n", "postfix.policy", "SKIP"},
        Case{"milter fails closed",
             "smtpd_milters = inet:127.0.0.1:10043\nmilter_default_action = tempfail\n", "postfix.milter",
             "WARN"},
        Case{"milter fails open",
             "smtpd_milters = { inet:127.0.0.1:10043, default_action=accept }\nmilter_default_action = "
             "tempfail\n",
             "postfix.milter", "PASS"},
        Case{"a table fails closed",
             "smtpd_recipient_restrictions = check_sasl_access socketmap:inet:127.0.0.1:10041:locks, "
             "permit_sasl_authenticated\n",
             "postfix.sasl_access", "WARN"},
        Case{"a table asked too late",
             "smtpd_recipient_restrictions = permit_sasl_authenticated, check_sasl_access "
             "socketmap:inet:127.0.0.1:10041:locks\n",
             "postfix.sasl_access", "FAIL"},
        Case{"short queue IDs", "", "postfix.queue_ids", "WARN"},
        Case{"long queue IDs", "enable_long_queue_ids = yes\n", "postfix.queue_ids", "PASS"}));

TEST(PostfixChecks, SkipAPostfixWhereNobodyLogsIn) {
  EXPECT_EQ(outcome_of(check_postfix(PostfixSettings{}, our_gates()), "postfix.policy"), "SKIP");
}

}  // namespace
}  // namespace postreeve
