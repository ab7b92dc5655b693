// The operator's limits through the engine: keys, counting, actions, budgets.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <string>

#include "engine/engine_testing.h"

namespace postreeve {
namespace {

using namespace std::chrono_literals;

Policy limited_to(std::uint32_t amount, LimitKey key = LimitKey::kAccount,
                  Counted counted = Counted::kMessages, Action action = Action::kDefer) {
  Policy policy;
  policy.limits.push_back({.name = "l",
                           .when = {},
                           .key = key,
                           .counted = counted,
                           .amount = amount,
                           .window = 1h,
                           .action = action});
  return policy;
}

// Submits messages from `address` as `login`; returns how many were accepted.
int submit(EngineRoom& room, int count, const std::string& address = kOfficeAddress,
           const std::string& login = kAnna) {
  static int number = 0;
  int accepted = 0;
  for (int i = 0; i < count; ++i) {
    Submission sent = room.submission_event(address, fmt::format("Q{}", ++number));
    sent.account = account_named(login);
    sent.sender = login;
    accepted += room.observe(sent).verdict.action == Action::kAccept ? 1 : 0;
  }
  return accepted;
}

TEST(MessageLimit, LetsItsAmountThroughAndNoMore) {
  EngineRoom room(limited_to(5));
  EXPECT_EQ(submit(room, 9), 5);
  EXPECT_EQ(room.observation.verdict.limit, 1);
  EXPECT_EQ(room.observation.verdict.reply, Reply::kFlood);
}

TEST(MessageLimit, OfNothingLetsNothingThrough) {
  EngineRoom room(limited_to(0));
  EXPECT_EQ(submit(room, 3), 0);
}

TEST(MessageLimit, IsFreeAgainAfterItsWindow) {
  EngineRoom room(limited_to(5));
  submit(room, 9);
  room.now += 1h + 8min;
  EXPECT_EQ(submit(room, 9), 5);
}

TEST(MessageLimit, UsesNoBudgetForWhatIsRefused) {
  EngineRoom room(limited_to(5));
  submit(room, 5);
  room.now += 55min;
  EXPECT_EQ(submit(room, 100), 0);  // a client that hammers
  room.now += 14min;                // the first five are over
  EXPECT_EQ(submit(room, 9), 5);
}

TEST(MessageLimit, UsesBudgetForWhatIsHeldOrDiverted) {
  for (const Action action : {Action::kHold, Action::kDivert}) {
    EngineRoom room(limited_to(5, LimitKey::kAccount, Counted::kMessages, action));
    EXPECT_EQ(submit(room, 8), 5);
    EXPECT_EQ(room.observation.verdict.action, action);
  }
}

TEST(LimitKeys, CountAccountsApart) {
  EngineRoom room(limited_to(2));
  EXPECT_EQ(submit(room, 4, kOfficeAddress, "a@x.example"), 2);
  EXPECT_EQ(submit(room, 4, kOfficeAddress, "b@x.example"), 2);
}

TEST(LimitKeys, CountAnIpv6HostByItsSlash64) {
  EngineRoom room(limited_to(2, LimitKey::kAddress));
  EXPECT_EQ(submit(room, 4, "2001:db8:0:1::1"), 2);
  EXPECT_EQ(submit(room, 4, "2001:db8:0:1:ffff::2"), 0);
  EXPECT_EQ(submit(room, 4, "2001:db8:0:2::1"), 2);
  EXPECT_EQ(submit(room, 4, "192.0.2.1"), 2);
  EXPECT_EQ(submit(room, 4, "192.0.2.2"), 2);
}

TEST(LimitKeys, CountAddressesOverAccounts) {
  EngineRoom room(limited_to(2, LimitKey::kAddress));
  EXPECT_EQ(submit(room, 2, "192.0.2.1", "a@x.example"), 2);
  EXPECT_EQ(submit(room, 2, "192.0.2.1", "b@x.example"), 0);
}

TEST(LimitKeys, CountANetworkByItsSlash24OrSlash48) {
  EngineRoom room(limited_to(2, LimitKey::kNetwork));
  EXPECT_EQ(submit(room, 2, "192.0.2.1"), 2);
  EXPECT_EQ(submit(room, 2, "192.0.2.200"), 0);
  EXPECT_EQ(submit(room, 2, "192.0.3.1"), 2);
  EXPECT_EQ(submit(room, 2, "2001:db8:0:1::1"), 2);
  EXPECT_EQ(submit(room, 2, "2001:db8:0:2::1"), 0);
  EXPECT_EQ(submit(room, 2, "2001:db8:1::1"), 2);
}

TEST(LimitKeys, CountTheAccountWhereThereIsNoAddress) {
  EngineRoom room(limited_to(2, LimitKey::kAddress));
  EXPECT_EQ(submit(room, 4, "", "a@x.example"), 2);
  EXPECT_EQ(submit(room, 4, "", "b@x.example"), 2);
}

TEST(LimitKeys, CountATenantWithAllItsDomains) {
  Policy policy = limited_to(3, LimitKey::kTenant);
  policy.tenants.push_back(
      {.name = "shop", .domains = {"x.example", "y.example"}, .time_zone = "UTC", .holidays = {}});
  policy.tenants.push_back({.name = "school", .domains = {"z.example"}, .time_zone = "UTC", .holidays = {}});
  EngineRoom room(policy);
  EXPECT_EQ(submit(room, 2, kOfficeAddress, "a@x.example"), 2);
  EXPECT_EQ(submit(room, 4, kOfficeAddress, "b@y.example"), 1);
  EXPECT_EQ(submit(room, 4, kOfficeAddress, "c@z.example"), 3);
}

// Mail that the web server hands in after a login to the webmail from `browser`; returns how many messages
// were accepted.
int submit_in_webmail(EngineRoom& room, int count, const std::string& browser,
                      const std::string& login = kAnna) {
  Login opened = room.login_event(browser);
  opened.account = account_named(login);
  opened.session.service = Service::kWebmail;
  room.observe(opened);
  return submit(room, count, "127.0.0.1", login);
}

TEST(LimitKeys, CountWebmailsUsersApart) {
  for (const LimitKey key : {LimitKey::kAddress, LimitKey::kNetwork}) {
    EngineRoom room(limited_to(2, key));
    EXPECT_EQ(submit_in_webmail(room, 4, "192.0.2.1", "a@x.example"), 2);
    EXPECT_EQ(submit_in_webmail(room, 4, "198.51.100.1", "b@x.example"), 2);
    EXPECT_EQ(submit(room, 4, "127.0.0.1", "c@x.example"), 2) << "nobody is logged in";
    EXPECT_EQ(submit(room, 4, "127.0.0.1", "d@x.example"), 2);
  }
}

TEST(LimitKeys, CountANetworkWhetherByWebmailOrNot) {
  EngineRoom room(limited_to(2, LimitKey::kNetwork));
  EXPECT_EQ(submit_in_webmail(room, 2, "192.0.2.1", "a@x.example"), 2);
  EXPECT_EQ(submit_in_webmail(room, 2, "192.0.2.2", "b@x.example"), 0);
  EXPECT_EQ(submit(room, 2, "192.0.2.3", "c@x.example"), 0);
}

TEST(LimitKeys, CountTheAddressOfAStrangerInTheWebmail) {
  EngineRoom room(limited_to(2, LimitKey::kAddress));
  for (const std::string login : {"a@x.example", "b@x.example"}) {
    for (int day = 0; day < 10; ++day) {
      submit(room, 1, kOfficeAddress, login);
      room.now += 24h;
    }
  }
  EXPECT_EQ(submit_in_webmail(room, 2, kThiefsAddress, "a@x.example"), 2);
  EXPECT_EQ(submit_in_webmail(room, 2, kThiefsAddress, "b@x.example"), 0);
}

// As if the map knew where Anna's browser is.
void put_session_into(EngineRoom& room, std::string_view country) {
  struct Put final : RecordStep {
    CountryCode country;
    void run(AccountRecord& record) override { record.webmail.country = country.packed(); }
  } put;
  put.country = CountryCode::of(country);
  room.accounts.update(keyed_hash(room.key, kAnna), put);
}

TEST(Limits, KnowTheCountryOfTheBrowser) {
  Policy policy = limited_to(0);
  policy.limits[0].when.not_countries = {CountryCode::of("PL")};
  EngineRoom room(policy);
  EXPECT_EQ(submit_in_webmail(room, 1, kOfficeAddress), 1) << "not known";
  put_session_into(room, "PL");
  EXPECT_EQ(submit(room, 1, "127.0.0.1"), 1);
  put_session_into(room, "VN");
  EXPECT_EQ(submit(room, 1, "127.0.0.1"), 0);
  EXPECT_EQ(room.observation.verdict.limit, 1);
}

TEST(RecipientLimit, CountsAtTheRecipient) {
  EngineRoom room(limited_to(3, LimitKey::kAccount, Counted::kRecipients));
  int accepted = 0;
  for (int i = 0; i < 6; ++i) {
    const auto asked =
        room.recipient_event(kOfficeAddress, fmt::format("b{}@y.example", i), fmt::format("Q{}", i));
    accepted += room.observe(asked).verdict.action == Action::kAccept ? 1 : 0;
  }
  EXPECT_EQ(accepted, 3);
  EXPECT_EQ(submit(room, 4), 4);
}

TEST(RecipientLimit, UsesNothingForARepeatedRequest) {
  EngineRoom room(limited_to(2, LimitKey::kAccount, Counted::kRecipients));
  const auto asked = room.recipient_event(kOfficeAddress, "b@y.example", "Q");
  for (int i = 0; i < 10; ++i) EXPECT_EQ(room.observe(asked).verdict.action, Action::kAccept);
  EXPECT_EQ(room.observe(room.recipient_event(kOfficeAddress, "c@y.example", "Q")).verdict.action,
            Action::kAccept);
  EXPECT_EQ(room.observe(room.recipient_event(kOfficeAddress, "d@y.example", "Q")).verdict.action,
            Action::kDefer);
}

TEST(RecipientsPerMessageLimit, CountsWithinOneMessage) {
  EngineRoom room(limited_to(2, LimitKey::kAccount, Counted::kRecipientsPerMessage, Action::kReject));
  for (const std::string queue_id : {"Q1", "Q2"}) {
    for (int i = 0; i < 4; ++i) {
      room.observe(room.recipient_event(kOfficeAddress, fmt::format("b{}@y.example", i), queue_id));
      EXPECT_EQ(room.observation.verdict.action, i < 2 ? Action::kAccept : Action::kReject) << queue_id << i;
    }
  }
  EXPECT_EQ(room.observation.verdict.reply, Reply::kPolicy);
}

TEST(RecipientsPerMessageLimit, TakesTheSmallestThatApplies) {
  Policy policy = limited_to(9, LimitKey::kAccount, Counted::kRecipientsPerMessage);
  policy.limits.push_back(policy.limits[0]);
  policy.limits[1].amount = 1;
  EngineRoom room(policy);
  room.observe(room.recipient_event(kOfficeAddress, "a@y.example", "Q"));
  room.observe(room.recipient_event(kOfficeAddress, "b@y.example", "Q"));
  EXPECT_EQ(room.observation.verdict.limit, 2);
}

TEST(Limits, TakeTheStrictestActionOfThoseExceeded) {
  Policy policy = limited_to(2);
  policy.limits.push_back(policy.limits[0]);
  policy.limits[1].action = Action::kReject;
  policy.limits[1].amount = 4;
  EngineRoom room(policy);
  submit(room, 3);
  EXPECT_EQ(room.observation.verdict.action, Action::kDefer);

  policy.limits[1].amount = 2;
  EngineRoom strict(policy);
  submit(strict, 3);
  EXPECT_EQ(strict.observation.verdict.action, Action::kReject);
  EXPECT_EQ(strict.observation.verdict.limit, 2);
}

TEST(Limits, AreEnforcedHoweverManyThereAre) {
  Policy policy = limited_to(1'000);
  for (int i = 0; i < 30; ++i) policy.limits.push_back(policy.limits[0]);
  policy.limits.back().amount = 3;
  EngineRoom room(policy);
  EXPECT_EQ(submit(room, 9), 3);
}

TEST(Limits, AreNoneForTrustedNetworksButDetectorsStillLook) {
  Policy policy = limited_to(0);
  const std::vector<Prefix> trusted{*Prefix::parse("192.0.2.0/24")};
  policy.trusted_networks = PrefixSet(trusted);
  EngineRoom room(policy);
  EXPECT_EQ(submit(room, 40), 40);
  EXPECT_FALSE(room.observation.verdict.evidence.empty());
  EXPECT_EQ(submit(room, 3, "198.51.100.1"), 0);
}

TEST(Limits, KnowWhoseSenderItIs) {
  Policy policy = limited_to(0);
  policy.limits[0].when.sender_not_owned = SenderCheck::kEither;
  EngineRoom room(policy);
  EXPECT_EQ(submit(room, 1), 1);
  Submission foreign = room.submission_event(kOfficeAddress, "F1");
  foreign.sender = "boss@x.example";
  EXPECT_EQ(room.observe(foreign).verdict.action, Action::kDefer);
  foreign = room.submission_event(kOfficeAddress, "F2");
  foreign.header_from = "The Boss <boss@x.example>";
  EXPECT_EQ(room.observe(foreign).verdict.action, Action::kDefer);
  foreign = room.submission_event(kOfficeAddress, "F3");
  foreign.header_from = "Anna <ANNA@x.example>";
  EXPECT_EQ(room.observe(foreign).verdict.action, Action::kAccept);
}

}  // namespace
}  // namespace postreeve
