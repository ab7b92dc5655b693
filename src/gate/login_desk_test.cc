#include "gate/login_desk.h"

#include <gtest/gtest.h>

#include "gate/login_testing.h"

namespace postreeve {
namespace {

class LoginDeskTest : public testing::Test {
 protected:
  static LoginQuery query(Service service = Service::kImap) {
    LoginQuery query;
    query.login.account = *AccountId::from_login("a@x.example", "");
    query.login.session.client_address = IpAddress::parse("198.51.100.7");
    query.login.session.service = service;
    query.login.password_hash = 7;
    return query;
  }
  int allow(const LoginQuery& asked = query(), const LoginDeskOptions& options = {}) {
    return LoginDesk(logins.guard(), throttle, options).allow(asked).status;
  }
  void report(LoginQuery told) {
    bool is_done = false;
    desk.report(std::move(told), [&is_done] { is_done = true; });
    EXPECT_TRUE(is_done);
  }
  void guess(int times) {
    for (int i = 0; i < times; ++i) {
      LoginQuery wrong = query();
      wrong.login.password_hash = ++password_;
      report(wrong);
    }
  }

  TestLogins logins;
  LoginThrottle throttle{{}, HashKey{{2}}};
  LoginDesk desk{logins.guard(), throttle, {}};

 private:
  std::uint64_t password_ = 1000;
};

TEST_F(LoginDeskTest, OnlyReportsCount) {
  for (int i = 0; i < 100; ++i) EXPECT_EQ(allow(), 0);
  EXPECT_TRUE(logins.judged.empty());
  EXPECT_EQ(throttle.size(), 0U);
  guess(3);
  ASSERT_EQ(logins.judged.size(), 3U);
  EXPECT_FALSE(logins.judged[0].success);
  EXPECT_EQ(logins.judged[0].time, logins.now);
}

TEST_F(LoginDeskTest, LocksAfterGuessesAndHoldsBackBefore) {
  guess(6);
  EXPECT_EQ(allow(), 2);
  guess(4);
  EXPECT_EQ(allow(), -1);
  EXPECT_EQ(desk.allow(query()).rule, "throttle: account");
  logins.familiar = true;
  EXPECT_EQ(allow(), 0);
}

TEST_F(LoginDeskTest, NothingIsCountedOrLockedAtAWebServer) {
  logins.web_servers = PrefixSet(std::vector{*Prefix::parse("198.51.100.7")});
  guess(50);
  EXPECT_EQ(throttle.size(), 0U);
  EXPECT_EQ(logins.judged.size(), 50U);
  logins.web_servers = {};
  guess(10);
  EXPECT_EQ(allow(), -1);
  logins.web_servers = PrefixSet(std::vector{*Prefix::parse("198.51.100.7")});
  EXPECT_EQ(allow(), 0);
}

TEST_F(LoginDeskTest, WhatWeRefusedIsNoGuess) {
  LoginQuery refused = query();
  refused.policy_reject = true;
  for (int i = 0; i < 50; ++i) report(refused);
  EXPECT_EQ(allow(), 0);
  EXPECT_TRUE(logins.judged.empty());
}

TEST_F(LoginDeskTest, ASuccessThatWasOnlyLoggedAsRefusedIsASuccess) {
  LoginQuery told = query();
  told.policy_reject = true;
  told.login.success = true;
  report(told);
  ASSERT_EQ(logins.judged.size(), 1U);
  EXPECT_TRUE(logins.judged[0].success);
}

TEST_F(LoginDeskTest, PeoplesRulesGoBeforeTheThrottle) {
  guess(10);
  logins.ruling = {Ruling::Kind::kAllowed, "allow list"};
  EXPECT_EQ(allow(), 0);
  logins.ruling = {Ruling::Kind::kRefused, "account policy: countries"};
  const LoginAnswer answer = desk.allow(query());
  EXPECT_EQ(answer.status, -1);
  EXPECT_EQ(answer.rule, "account policy: countries");
  EXPECT_FALSE(answer.message.empty());
}

TEST_F(LoginDeskTest, InObserveModeEverybodyGoesOnAndTheAnswerIsTold) {
  logins.mode = Mode::kObserve;
  guess(10);
  const LoginAnswer answer = desk.allow(query());
  EXPECT_EQ(answer.status, 0);
  EXPECT_EQ(answer.would, -1);
  EXPECT_EQ(answer.rule, "throttle: account");
  EXPECT_TRUE(answer.message.empty());
}

TEST_F(LoginDeskTest, ASuspendedAccountLogsInUnlessItIsConfiguredOtherwise) {
  logins.standing.level = Level::kSuspended;
  const LoginDeskOptions no_smtp{.suspended_refuses_smtp = true};
  const LoginDeskOptions no_mailboxes{.suspended_refuses_mailboxes = true};
  EXPECT_EQ(allow(query(Service::kSmtp)), 0);
  EXPECT_EQ(allow(query(Service::kImap)), 0);
  EXPECT_EQ(allow(query(Service::kSmtp), no_smtp), -1);
  EXPECT_EQ(allow(query(Service::kImap), no_smtp), 0);
  EXPECT_EQ(allow(query(Service::kSmtp), no_mailboxes), 0);
  EXPECT_EQ(allow(query(Service::kPop3), no_mailboxes), -1);
  logins.standing.level = Level::kHeld;
  EXPECT_EQ(allow(query(Service::kSmtp), no_smtp), 0);
}

TEST_F(LoginDeskTest, TheOwnersPlacesStayOpenUnlessTheWholeAccountIsSuspended) {
  const LoginDeskOptions no_smtp{.suspended_refuses_smtp = true};
  logins.standing.level = Level::kSuspended;
  logins.familiar = true;
  EXPECT_EQ(allow(query(Service::kSmtp), no_smtp), 0);
  logins.standing.scope = Scope::kWholeAccount;
  EXPECT_EQ(allow(query(Service::kSmtp), no_smtp), -1);
}

TEST_F(LoginDeskTest, NobodyIsNotLockedAndNotJudged) {
  LoginQuery nobody = query();
  nobody.login.account = {};
  for (int i = 0; i < 50; ++i) report(nobody);
  EXPECT_EQ(allow(nobody), 0);
  EXPECT_TRUE(logins.judged.empty());
}

TEST_F(LoginDeskTest, HoldsBackNoLongerThanConfigured) {
  guess(6);
  EXPECT_EQ(allow(query(), {.longest_tarpit = std::chrono::seconds(1)}), 1);
  EXPECT_EQ(allow(query(), {.longest_tarpit = std::chrono::seconds(0)}), 0);
}

}  // namespace
}  // namespace postreeve
