#include "guard/rules.h"

#include <gtest/gtest.h>

#include "engine/engine_testing.h"
#include "guard/guard_testing.h"

namespace postreeve {
namespace {

struct RulesOf : EventMaker {
  std::vector<ListEntry> entries;
  std::vector<AccountPolicy> policies;

  Ruling::Kind ruling_on(std::string_view address) const {
    const Rules rules({}, std::make_shared<const Locator>(), entries, policies, now);
    return rules.ruling_on(recipient_event(address, "b@y.example", "t")).kind;
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
