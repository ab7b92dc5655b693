#include "guard/rules.h"

#include <gtest/gtest.h>

#include "engine/engine_testing.h"
#include "guard/guard_testing.h"

namespace postreeve {
namespace {

struct RulesOf : EventMaker {
  std::vector<ListEntry> entries;
  std::vector<AccountPolicy> policies;
  Policy policy;

  Ruling::Kind ruling_on(const Event& event) const {
    const Rules rules(policy, std::make_shared<const Locator>(), entries, policies, now);
    return rules.ruling_on(event).kind;
  }
  Ruling::Kind ruling_on(std::string_view address) const {
    return ruling_on(recipient_event(address, "b@y.example", "t"));
  }
};

TEST(Rules, SayNothingOfWhatNobodyDecided) {
  EXPECT_EQ(RulesOf().ruling_on(kOfficeAddress), Ruling::Kind::kNone);
}

TEST(Rules, AllowGoesBeforeBlock) {
  RulesOf rules;
  rules.entries = {entry_of(ListName::kBlock, "192.0.2.0/24"), entry_of(ListName::kAllow, kAnna)};
  EXPECT_EQ(rules.ruling_on(kOfficeAddress), Ruling::Kind::kAllowed);
}

TEST(Rules, SayUntilWhenTheyHold) {
  const Timestamp now = EventMaker().now;
  ListEntry over = entry_of(ListName::kBlock, "192.0.2.0/24");
  over.expires = now;
  ListEntry ending = entry_of(ListName::kAllow, kAnna);
  ending.expires = now + std::chrono::hours{2};
  const ListEntry lasting = entry_of(ListName::kBlock, "198.51.100.0/24");
  const auto until = [&](std::vector<ListEntry> entries, std::vector<AccountPolicy> policies) {
    return Rules(Policy{}, std::make_shared<const Locator>(), std::move(entries), std::move(policies), now)
        .valid_until();
  };
  EXPECT_EQ(until({over, lasting}, {}), Timestamp::max());
  EXPECT_EQ(until({over, ending, lasting}, {}), now + std::chrono::hours{2});
  AccountPolicy trusting;
  trusting.expires = now + std::chrono::hours{1};
  EXPECT_EQ(until({ending}, {trusting}), now + std::chrono::hours{1});
}

TEST(Rules, EndWhenTheirTimeIsOver) {
  RulesOf rules;
  rules.entries = {entry_of(ListName::kBlock, "192.0.2.0/24")};
  rules.entries.front().expires = rules.now;
  EXPECT_EQ(rules.ruling_on(kOfficeAddress), Ruling::Kind::kNone);
  rules.entries.front().expires = rules.now + std::chrono::seconds{1};
  EXPECT_EQ(rules.ruling_on(kOfficeAddress), Ruling::Kind::kRefused);
}

TEST(Rules, AnAccountMayBeBoundToNetworks) {
  RulesOf rules;
  rules.policies = {policy_of(account_named(kAnna))};
  rules.policies.front().only_networks = {*Prefix::parse("192.0.2.0/24")};
  EXPECT_EQ(rules.ruling_on(kOfficeAddress), Ruling::Kind::kNone);
  EXPECT_EQ(rules.ruling_on(kThiefsAddress), Ruling::Kind::kRefused);
}

TEST(Rules, AnAccountThatIsBoundToNetworksReachesTheWebmail) {
  RulesOf rules;
  rules.policies = {policy_of(account_named(kAnna))};
  rules.policies.front().only_networks = {*Prefix::parse("192.0.2.0/24")};
  rules.policy.webmail_networks = PrefixSet(std::vector{*Prefix::parse("198.51.100.80")});
  for (const char* web_server : {"127.0.0.1", "::1", "10.0.0.7", "198.51.100.80"}) {
    Login imap = rules.login_event(web_server);
    imap.session.service = Service::kImap;
    EXPECT_EQ(rules.ruling_on(Event(imap)), Ruling::Kind::kNone) << web_server;
    EXPECT_EQ(rules.ruling_on(web_server), Ruling::Kind::kNone) << web_server;
  }
  Login webmail = rules.login_event(kThiefsAddress);
  webmail.session.service = Service::kWebmail;
  EXPECT_EQ(rules.ruling_on(Event(webmail)), Ruling::Kind::kRefused);
}

TEST(Rules, ATrustedNetworkOfAnAccountGoesBeforeItsBlock) {
  RulesOf rules;
  rules.entries = {entry_of(ListName::kBlock, kAnna)};
  rules.policies = {policy_of(account_named(kAnna))};
  rules.policies.front().trusted_networks = {*Prefix::parse("192.0.2.0/24")};
  EXPECT_EQ(rules.ruling_on(kOfficeAddress), Ruling::Kind::kAllowed);
  EXPECT_EQ(rules.ruling_on(kThiefsAddress), Ruling::Kind::kRefused);
}

TEST(Rules, UnknownCountriesAreNotAbroad) {
  RulesOf rules;
  rules.policies = {policy_of(account_named(kAnna))};
  rules.policies.front().only_countries = {CountryCode::of("DE")};
  EXPECT_EQ(rules.ruling_on(kOfficeAddress), Ruling::Kind::kNone);
}

TEST(Rules, CanariesOfTheListsAreCanariesOfThePolicy) {
  const Rules rules(
      {}, std::make_shared<const Locator>(),
      {entry_of(ListName::kCanary, "trap@x.example"), entry_of(ListName::kCanary, "old-*@x.example")}, {},
      {});
  EXPECT_TRUE(rules.policy().canaries.addresses.contains("trap@x.example"));
  EXPECT_EQ(rules.policy().canaries.patterns.size(), 1U);
}

}  // namespace
}  // namespace postreeve
