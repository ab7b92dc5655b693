#include "judge/limit_matcher.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <array>
#include <functional>
#include <string>
#include <vector>

namespace postreeve {
namespace {

using namespace std::chrono_literals;

// A Monday noon in UTC: 13:00 in Warsaw (CET).
constexpr Timestamp kMonday{std::chrono::sys_days{std::chrono::year{2026} / 3 / 2} + 12h};

AccountId account(std::string_view login) {
  return *AccountId::from_login(login, "");
}

PrefixSet networks(std::initializer_list<std::string_view> texts) {
  std::vector<Prefix> prefixes;
  for (const std::string_view text : texts) prefixes.push_back(*Prefix::parse(text));
  return PrefixSet(prefixes);
}

// What is asked about, with everything as a test likes it.
struct Question {
  Timestamp time = kMonday;
  AccountId account = postreeve::account("anna@x.example");
  std::optional<IpAddress> address = IpAddress::parse("192.0.2.7");
  CountryCode country = CountryCode::of("PL");
  Service service = Service::kSmtp;
  bool at_message = true;
  bool envelope_owned = true;
  bool header_owned = true;

  [[nodiscard]] LimitQuery query() const {
    return {time, account, address, country, service, at_message, envelope_owned, header_owned};
  }
};

std::vector<std::uint16_t> matches(const Policy& policy, const Question& question) {
  std::vector<std::uint16_t> numbers;
  LimitMatcher(policy).each_match(question.query(),
                                  [&](std::uint16_t number, const Limit&) { numbers.push_back(number); });
  return numbers;
}

Policy with_condition(const LimitCondition& condition) {
  Policy policy;
  policy.limits.push_back({.name = "l", .when = condition, .amount = 1});
  policy.tenants.push_back({.name = "school",
                            .domains = {"x.example"},
                            .time_zone = "Europe/Warsaw",
                            .holidays = {20260302, 20260501}});
  policy.tenants.push_back(
      {.name = "shop", .domains = {"y.example", "z.example"}, .time_zone = "UTC", .holidays = {}});
  return policy;
}

bool applies(const LimitCondition& condition, const Question& question) {
  return !matches(with_condition(condition), question).empty();
}

template <typename Say>
LimitCondition when(Say say) {
  LimitCondition condition;
  say(condition);
  return condition;
}

constexpr std::uint16_t at(int hour, int minute = 0) {
  return static_cast<std::uint16_t>(hour * 60 + minute);
}

std::bitset<7> on(std::initializer_list<std::size_t> days) {
  std::bitset<7> set;
  for (const std::size_t day : days) set.set(day);
  return set;
}

struct Row {
  std::string sentence;
  LimitCondition condition;
  std::function<void(Question&)> change;
  bool expected;
};

void expect_rows(const std::vector<Row>& rows) {
  for (const Row& row : rows) {
    Question question;
    if (row.change) row.change(question);
    EXPECT_EQ(applies(row.condition, question), row.expected) << row.sentence;
  }
}

TEST(LimitCondition, HoldsAlwaysWhenNothingIsGiven) {
  EXPECT_TRUE(applies({}, {}));
  Question bare;
  bare.address.reset();
  bare.country = {};
  bare.service = Service::kUnknown;
  bare.account = account("localname");
  EXPECT_TRUE(applies({}, bare));
}

TEST(LimitCondition, LooksAtNetworks) {
  const auto no_address = [](Question& q) { q.address.reset(); };
  const auto elsewhere = [](Question& q) { q.address = IpAddress::parse("203.0.113.1"); };
  expect_rows({
      {"inside", when([&](auto& w) { w.networks = networks({"192.0.2.0/24"}); }), nullptr, true},
      {"outside", when([&](auto& w) { w.networks = networks({"192.0.2.0/24"}); }), elsewhere, false},
      {"no address is inside nothing", when([&](auto& w) { w.networks = networks({"0.0.0.0/0"}); }),
       no_address, false},
      {"not inside", when([&](auto& w) { w.not_networks = networks({"192.0.2.0/24"}); }), elsewhere, true},
      {"not outside", when([&](auto& w) { w.not_networks = networks({"192.0.2.0/24"}); }), nullptr, false},
      {"no address is not outside either",
       when([&](auto& w) { w.not_networks = networks({"192.0.2.0/24"}); }), no_address, false},
      {"in the big one but not the small one", when([&](auto& w) {
         w.networks = networks({"192.0.2.0/24"});
         w.not_networks = networks({"192.0.2.0/28"});
       }),
       nullptr, false},
      {"IPv6", when([&](auto& w) { w.networks = networks({"2001:db8::/32"}); }),
       [](Question& q) { q.address = IpAddress::parse("2001:db8::1"); }, true},
  });
}

TEST(LimitCondition, LooksAtCountriesAndTakesAnUnknownOneForNeither) {
  const std::vector<CountryCode> home{CountryCode::of("PL"), CountryCode::of("DE")};
  const auto in = [](std::string_view code) {
    return [code](Question& q) { q.country = CountryCode::of(code); };
  };
  expect_rows({
      {"at home", when([&](auto& w) { w.countries = home; }), in("DE"), true},
      {"abroad", when([&](auto& w) { w.countries = home; }), in("VN"), false},
      {"unknown is not at home", when([&](auto& w) { w.countries = home; }), in(""), false},
      {"not at home", when([&](auto& w) { w.not_countries = home; }), in("VN"), true},
      {"not abroad", when([&](auto& w) { w.not_countries = home; }), in("PL"), false},
      {"unknown is not abroad", when([&](auto& w) { w.not_countries = home; }), in(""), false},
      {"unknown does not matter when no country is given", {}, in(""), true},
  });
}

TEST(LimitCondition, LooksAtTheTenantsOwnClock) {
  const auto utc = [](int hour, int minute) {
    return [=](Question& q) {
      q.time = Timestamp{std::chrono::sys_days{std::chrono::year{2026} / 3 / 3}} + 1h * hour + 1min * minute;
    };
  };
  const LimitCondition office = when([&](auto& w) {
    w.from_minute = at(8);
    w.to_minute = at(17);
  });
  const LimitCondition night = when([&](auto& w) {
    w.from_minute = at(22);
    w.to_minute = at(6);
  });
  expect_rows({
      {"eight in Warsaw is seven in UTC", office, utc(7, 0), true},
      {"a minute before eight", office, utc(6, 59), false},
      {"the end is outside", office, utc(16, 0), false},
      {"a minute before the end", office, utc(15, 59), true},
      {"night before midnight", night, utc(21, 0), true},
      {"night after midnight", night, utc(23, 30), true},
      {"night until six", night, utc(4, 59), true},
      {"six is morning", night, utc(5, 0), false},
      {"noon is no night", night, utc(11, 0), false},
      {"equal ends are the whole day", when([&](auto& w) {
         w.from_minute = at(9);
         w.to_minute = at(9);
       }),
       utc(3, 0), true},
  });
}

TEST(LimitCondition, KnowsSummerTime) {
  const LimitCondition first_hour = when([&](auto& w) {
    w.from_minute = at(8);
    w.to_minute = at(9);
  });
  Question summer;
  summer.time = Timestamp{std::chrono::sys_days{std::chrono::year{2026} / 7 / 1}} + 6h + 30min;
  EXPECT_TRUE(applies(first_hour, summer));
  summer.time += 1h;
  EXPECT_FALSE(applies(first_hour, summer));
}

TEST(LimitCondition, LooksAtWeekdaysAndTakesHolidaysForSundays) {
  const auto day = [](int d) {
    return [d](Question& q) {
      q.time =
          Timestamp{std::chrono::sys_days{std::chrono::year{2026} / 3 / 1} + std::chrono::days{d - 1}} + 12h;
    };
  };
  const auto of_shop = [](Question& q) { q.account = account("till@y.example"); };
  expect_rows({
      {"Tuesday the third", when([&](auto& w) { w.weekdays = on({1}); }), day(3), true},
      {"not on Wednesday", when([&](auto& w) { w.weekdays = on({2}); }), day(3), false},
      {"Sunday the eighth", when([&](auto& w) { w.weekdays = on({6}); }), day(8), true},
      {"the school's holiday is no Monday", when([&](auto& w) { w.weekdays = on({0}); }), nullptr, false},
      {"the school's holiday is a Sunday", when([&](auto& w) { w.weekdays = on({6}); }), nullptr, true},
      {"for the shop it is a Monday", when([&](auto& w) { w.weekdays = on({0}); }), of_shop, true},
      {"for the shop it is no Sunday", when([&](auto& w) { w.weekdays = on({6}); }), of_shop, false},
      {"no weekday given is every day", when([&](auto& w) {
         w.from_minute = 0;
         w.to_minute = at(23, 59);
       }),
       nullptr, true},
  });
}

TEST(LimitCondition, ChangesTheDayAtTheTenantsMidnight) {
  Question late;  // 23:30 in UTC on Tuesday is Wednesday in Warsaw
  late.time = Timestamp{std::chrono::sys_days{std::chrono::year{2026} / 3 / 3}} + 23h + 30min;
  EXPECT_FALSE(applies(when([&](auto& w) { w.weekdays = on({1}); }), late));
  EXPECT_TRUE(applies(when([&](auto& w) { w.weekdays = on({2}); }), late));
}

TEST(LimitCondition, UsesThePolicysZoneForAccountsOfNoTenant) {
  Policy policy = with_condition(when([&](auto& w) {
    w.from_minute = at(0);
    w.to_minute = at(1);
  }));
  Question question;
  question.account = account("free@nowhere.example");
  question.time = Timestamp{std::chrono::sys_days{std::chrono::year{2026} / 3 / 3}} + 30min;
  EXPECT_FALSE(matches(policy, question).empty());
  policy.time_zone = "Asia/Tokyo";
  EXPECT_TRUE(matches(policy, question).empty());
}

TEST(LimitCondition, LooksAtServicesAndTenants) {
  const auto of = [](std::string_view login) { return [login](Question& q) { q.account = account(login); }; };
  expect_rows({
      {"webmail only", when([&](auto& w) { w.services = {Service::kWebmail}; }), nullptr, false},
      {"one of several services", when([&](auto& w) { w.services = {Service::kWebmail, Service::kSmtp}; }),
       nullptr, true},
      {"the school's", when([&](auto& w) { w.tenants = {"school"}; }), nullptr, true},
      {"not the shop's", when([&](auto& w) { w.tenants = {"shop"}; }), nullptr, false},
      {"the shop has two domains", when([&](auto& w) { w.tenants = {"shop"}; }), of("till@z.example"), true},
      {"nobody's", when([&](auto& w) { w.tenants = {"school", "shop"}; }), of("free@nowhere.example"), false},
      {"a bare name is nobody's", when([&](auto& w) { w.tenants = {"school"}; }), of("anna"), false},
  });
}

TEST(LimitCondition, LooksAtWhomTheSenderBelongsTo) {
  const auto owned = [](bool envelope, bool header) {
    return [=](Question& q) {
      q.envelope_owned = envelope;
      q.header_owned = header;
    };
  };
  const std::array<std::pair<SenderCheck, std::array<bool, 4>>, 4> rows{{
      // own both, own header only, own envelope only, own neither
      {SenderCheck::kNone, {true, true, true, true}},
      {SenderCheck::kEnvelope, {false, true, false, true}},
      {SenderCheck::kHeader, {false, false, true, true}},
      {SenderCheck::kEither, {false, true, true, true}},
  }};
  for (const auto& [check, expected] : rows) {
    const LimitCondition condition = when([&](auto& w) { w.sender_not_owned = check; });
    expect_rows({{"own both", condition, owned(true, true), expected[0]},
                 {"own header only", condition, owned(false, true), expected[1]},
                 {"own envelope only", condition, owned(true, false), expected[2]},
                 {"own neither", condition, owned(false, false), expected[3]}});
  }
}

TEST(LimitCondition, WantsAllThatIsGiven) {
  const LimitCondition condition = when([&](auto& w) {
    w.networks = networks({"192.0.2.0/24"});
    w.countries = {CountryCode::of("PL")};
    w.services = {Service::kSmtp};
    w.tenants = {"school"};
  });
  expect_rows({
      {"all", condition, nullptr, true},
      {"all but the network", condition, [](Question& q) { q.address = IpAddress::parse("203.0.113.1"); },
       false},
      {"all but the country", condition, [](Question& q) { q.country = CountryCode::of("DE"); }, false},
      {"all but the service", condition, [](Question& q) { q.service = Service::kWebmail; }, false},
      {"all but the tenant", condition, [](Question& q) { q.account = account("till@y.example"); }, false},
  });
}

TEST(LimitMatcher, GivesLimitsOfMessagesAtTheMessageAndOthersAtTheRecipient) {
  Policy policy;
  policy.limits.push_back({.name = "messages", .when = {}, .counted = Counted::kMessages});
  policy.limits.push_back({.name = "recipients", .when = {}, .counted = Counted::kRecipients});
  policy.limits.push_back({.name = "crowds", .when = {}, .counted = Counted::kRecipientsPerMessage});
  EXPECT_EQ(matches(policy, {.at_message = true}), (std::vector<std::uint16_t>{1}));
  EXPECT_EQ(matches(policy, {.at_message = false}), (std::vector<std::uint16_t>{2, 3}));
}

TEST(LimitMatcher, GivesTrustedNetworksNoLimits) {
  Policy policy = with_condition({});
  policy.trusted_networks = networks({"192.0.2.0/24"});
  EXPECT_TRUE(matches(policy, {}).empty());
  Question elsewhere;
  elsewhere.address = IpAddress::parse("203.0.113.1");
  EXPECT_FALSE(matches(policy, elsewhere).empty());
  elsewhere.address.reset();
  EXPECT_FALSE(matches(policy, elsewhere).empty());
}

TEST(LimitMatcher, KnowsTheTenantByTheDomain) {
  const Policy policy = with_condition({});
  const LimitMatcher matcher(policy);
  EXPECT_EQ(matcher.tenant_of(account("anna@x.example")), 0);
  EXPECT_EQ(matcher.tenant_of(account("till@z.example")), 1);
  EXPECT_EQ(matcher.tenant_of(account("a@sub.x.example")), LimitMatcher::kNoTenant);
  EXPECT_EQ(matcher.tenant_of(account("anna")), LimitMatcher::kNoTenant);
}

TEST(OwnsAddress, IsTrueOfTheAccountsOwnNameInAnyCase) {
  const Policy policy;
  EXPECT_TRUE(owns_address(policy, account("anna@x.example"), "anna@x.example"));
  EXPECT_TRUE(owns_address(policy, account("anna@x.example"), "<Anna@X.Example>"));
  EXPECT_FALSE(owns_address(policy, account("anna@x.example"), "boss@x.example"));
  EXPECT_FALSE(owns_address(policy, account("anna@x.example"), "anna@y.example"));
}

TEST(OwnsAddress, IsFalseOfTheNullSenderAndOfWhatIsNoAddress) {
  const Policy policy;
  for (const std::string_view text : {"", "<>", "@", "a\x01@x.example"}) {
    EXPECT_FALSE(owns_address(policy, account("anna@x.example"), text)) << text;
  }
}

TEST(OwnsAddress, KnowsAliasesAndAliasedDomains) {
  Policy policy;
  policy.aliases["anna@x.example"] = {"sales@x.example", "@brand.example"};
  const AccountId anna = account("anna@x.example");
  EXPECT_TRUE(owns_address(policy, anna, "Sales@x.example"));
  EXPECT_TRUE(owns_address(policy, anna, "anything@BRAND.example"));
  EXPECT_FALSE(owns_address(policy, anna, "anything@sub.brand.example"));
  EXPECT_FALSE(owns_address(policy, account("bob@x.example"), "sales@x.example"));
}

TEST(OwnsAddress, GivesAnAccountWithoutDomainEveryDomain) {
  const Policy policy;
  EXPECT_TRUE(owns_address(policy, account("anna"), "Anna@anywhere.example"));
  EXPECT_FALSE(owns_address(policy, account("anna"), "bob@anywhere.example"));
}

}  // namespace
}  // namespace postreeve
