#include "engine/fact_builder.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "engine/engine_testing.h"

namespace postreeve {
namespace {

// A builder with its surroundings.
struct Builder {
  Policy policy;
  Locator locator;
  EventMaker events;

  [[nodiscard]] FactBuilder make() const { return {policy, locator, HashKey{}}; }
  [[nodiscard]] Facts recipient(std::string_view to, std::string_view transaction = "Q") const {
    return make().build(events.recipient_event(kOfficeAddress, to, transaction));
  }
};

// Facts borrow from the submission, so it must stay.
Facts facts_of(const Builder& builder, const Submission& submission) {
  return builder.make().build(submission);
}

TEST(RecipientFacts, AreTheSameForOneMailboxInAnyCase) {
  const Builder builder;
  EXPECT_EQ(builder.recipient("Bob@y.example").recipient.key,
            builder.recipient("bob@Y.Example").recipient.key);
  EXPECT_NE(builder.recipient("bob@y.example").recipient.key,
            builder.recipient("rob@y.example").recipient.key);
}

TEST(RecipientFacts, HaveAStepOfTheTransactionAndAMailWhateverTheTransaction) {
  const Builder builder;
  const Facts first = builder.recipient("b@y.example", "Q1");
  const Facts second = builder.recipient("b@y.example", "Q2");
  EXPECT_NE(first.step_key, second.step_key);
  EXPECT_NE(first.transaction_key, second.transaction_key);
  EXPECT_EQ(first.mail_key, second.mail_key);
}

TEST(RecipientFacts, CannotBeRecognizedAgainWithoutATransaction) {
  const Builder builder;
  EXPECT_EQ(builder.recipient("b@y.example", "").step_key, 0U);
  EXPECT_EQ(builder.recipient("b@y.example", "").transaction_key, 0U);
}

TEST(RecipientFacts, KnowCanariesByAddressAndByPattern) {
  Builder builder;
  builder.policy.canaries.addresses = {"trap@canary.example"};
  builder.policy.canaries.patterns = {"test*@drop.example", "*@all.example", "a*b*c@x.example"};
  const std::pair<std::string_view, bool> rows[] = {
      {"trap@canary.example", true},  {"<TRAP@Canary.example>", true},   {"trap@canary.example.org", false},
      {"test@drop.example", true},    {"testing123@drop.example", true}, {"atest@drop.example", false},
      {"x@all.example", true},        {"x@small.example", false},        {"abc@x.example", true},
      {"a--b--b--c@x.example", true}, {"acb@x.example", false},          {"", false}};
  for (const auto& [to, expected] : rows)
    EXPECT_EQ(builder.recipient(to).recipient.is_canary, expected) << to;
}

TEST(OriginFacts, KnowNothingOfPrivateAddressesAndOfNone) {
  const Builder builder;
  for (const std::string_view address : {"10.0.0.1", "::1", ""}) {
    EXPECT_FALSE(builder.make().build(builder.events.login_event(address)).origin.known) << address;
  }
  EXPECT_TRUE(builder.make().build(builder.events.login_event("198.51.100.1")).origin.known);
}

TEST(OriginFacts, TakeTheSlash16ForTheProviderWithoutGeography) {
  const Builder builder;
  const auto origin = [&](std::string_view address) {
    return builder.make().build(builder.events.login_event(address)).origin;
  };
  EXPECT_EQ(origin("198.51.100.1").provider, origin("198.51.7.1").provider);
  EXPECT_NE(origin("198.51.100.1").network, origin("198.51.7.1").network);
  EXPECT_NE(origin("198.51.100.1").provider, origin("198.52.100.1").provider);
  EXPECT_EQ(origin("2001:db8:1::1").provider, origin("2001:db8:2::1").provider);
}

TEST(OriginFacts, TakeClientsThatGiveAnAddressForTheirNameForOne) {
  const Builder builder;
  const auto client = [&](std::string_view helo) {
    Login login = builder.events.login_event(kOfficeAddress);
    login.session.helo_name = helo;
    return builder.make().build(login).origin.client;
  };
  EXPECT_EQ(client("[10.1.2.3]"), client("[IPv6:2001:db8::1]"));
  EXPECT_EQ(client("[10.1.2.3]"), client("10.9.8.7"));
  EXPECT_NE(client("[10.1.2.3]"), client("anna-pc"));
  EXPECT_EQ(client("ANNA-pc"), client("anna-pc"));
  EXPECT_EQ(client(""), 0U);
}

TEST(OriginFacts, KnowAClientThatGivesItsOwnPublicAddress) {
  const Builder builder;
  const auto client = [&](std::string_view address, std::string_view helo) {
    Login login = builder.events.login_event(address);
    login.session.helo_name = helo;
    return builder.make().build(login).origin.client;
  };
  EXPECT_EQ(client("198.51.100.1", "[198.51.100.1]"), kOwnAddressClient);
  EXPECT_EQ(client("198.51.100.1", "[198.51.100.2]"), 0U);
  EXPECT_EQ(client("198.51.100.1", "198.51.100.1"), 0U) << "as careless programs say of any address";
  EXPECT_EQ(client("2001:db8::1", "[IPv6:2001:db8::1]"), 0U) << "so does every mail program over IPv6";
  for (const std::string_view broken : {"[", "[]", "[198.51.100.1", "[198.51.100.1]]", "[x]"})
    EXPECT_EQ(client("198.51.100.1", broken), 0U) << broken;
}

TEST(MailFacts, KnowAHostBelowTheAccountsDomain) {
  const Builder builder;
  const std::string domain(builder.events.login_event(kOfficeAddress).account.domain());
  const std::pair<std::string, bool> rows[] = {{"www." + domain, true},
                                               {"WWW.Shop." + domain, true},
                                               {"www." + domain + ".", true},
                                               {domain, false},
                                               {"www" + domain, false},
                                               {"." + domain, false},
                                               {".." + domain, false},
                                               {"www." + domain + ".example", false},
                                               {"", false},
                                               {".", false},
                                               {"localhost", false},
                                               {"[192.0.2.1]", false}};
  for (const auto& [helo, expected] : rows) {
    Recipient recipient = builder.events.recipient_event(kOfficeAddress, "b@y.example", "Q");
    recipient.session.helo_name = helo;
    EXPECT_EQ(builder.make().build(recipient).names_own_host, expected) << helo;
  }
}

TEST(MailFacts, KnowNoHostOfADomainThatIsEverybodys) {
  const Builder builder;
  for (const std::string_view domain : {"localdomain", "local", ""}) {
    Recipient recipient = builder.events.recipient_event(kOfficeAddress, "b@y.example", "Q");
    recipient.account = *AccountId::from_login("anna", domain);
    for (const std::string_view helo : {"localhost.localdomain", "macbook.local"}) {
      recipient.session.helo_name = helo;
      EXPECT_FALSE(builder.make().build(recipient).names_own_host) << helo << " of " << domain;
    }
  }
}

TEST(MessageFacts, KnowARetryByItsSenderItsSizeAndItsRecipientsInAnyOrder) {
  const Builder builder;
  Submission message = builder.events.submission_event(kOfficeAddress, "Q1");
  message.size = 4'000;
  const auto key_to = [&](std::vector<std::string> recipients, std::uint32_t count) {
    message.recipients = std::move(recipients);
    message.recipient_count = count;
    return facts_of(builder, message).mail_key;
  };
  const std::uint32_t first = key_to({"b@y.example", "c@y.example"}, 2);
  message.queue_id = "Q2";
  EXPECT_EQ(key_to({"c@y.example", "B@Y.example"}, 2), first);
  EXPECT_EQ(key_to({"b@y.example", "c@y.example"}, 1), first) << "another of them is deferred at RCPT";
  EXPECT_NE(key_to({"b@y.example", "d@y.example"}, 2), first);
  EXPECT_NE(key_to({"b@y.example"}, 1), first);
  EXPECT_EQ(key_to({}, 3), key_to({}, 3)) << "Postfix lists nobody at DATA";
  EXPECT_NE(key_to({}, 3), key_to({}, 4));
  message.size = 4'001;
  EXPECT_NE(key_to({"b@y.example", "c@y.example"}, 2), first);
}

TEST(MessageFacts, TakeTheNullSenderForNobodysForgery) {
  const Builder builder;
  Submission message = builder.events.submission_event(kOfficeAddress, "Q");
  message.sender.clear();
  const Facts facts = facts_of(builder, message);
  EXPECT_TRUE(facts.message.sender_is_own);
  EXPECT_EQ(facts.sender_key, 0U);
}

TEST(MessageFacts, KnowForeignSendersByAKey) {
  const Builder builder;
  Submission message = builder.events.submission_event(kOfficeAddress, "Q");
  message.sender = "boss@x.example";
  message.header_from = "Boss <boss@x.example>";
  const Facts facts = facts_of(builder, message);
  EXPECT_FALSE(facts.message.sender_is_own);
  EXPECT_FALSE(facts.message.from_is_own);
  EXPECT_TRUE(facts.message.from_is_of_domain);
  EXPECT_NE(facts.sender_key, 0U);
  EXPECT_EQ(facts.sender_key, facts.header_from_key);
  EXPECT_EQ(facts.message.from_address, "boss@x.example");
}

struct From {
  std::string_view what;
  std::string header;
  bool pretends;
};

TEST(MessageFacts, SeeADisplayNameThatIsAnotherAddress) {
  const From rows[] = {{"plain", "\"service@bank.example\" <anna@x.example>", true},
                       {"with words around", "\"Your bank, service@bank.example\" <anna@x.example>", true},
                       {"encoded, so that no filter sees it",
                        "=?utf-8?B?c2VydmljZUBiYW5rLmV4YW1wbGU=?= <anna@x.example>", true},
                       {"encoded in Q", "=?utf-8?Q?service=40bank.example?= <anna@x.example>", true},
                       {"her own address as name", "\"anna@x.example\" <anna@x.example>", false},
                       {"her own in capitals", "\"ANNA@X.example\" <anna@x.example>", false},
                       {"a name", "Anna <anna@x.example>", false},
                       {"no name", "anna@x.example", false},
                       {"nothing", "", false}};
  const Builder builder;
  for (const From& row : rows) {
    Submission message = builder.events.submission_event(kOfficeAddress, "Q");
    message.header_from = row.header;
    EXPECT_EQ(!facts_of(builder, message).message.from_name_address.text().empty(), row.pretends) << row.what;
  }
}

TEST(MessageFacts, SeeAToNameThatIsTheAddressItself) {
  const Builder builder;
  Submission message = builder.events.submission_event(kOfficeAddress, "Q");
  message.header_to = "\"b@y.example\" <b@y.example>";
  EXPECT_TRUE(facts_of(builder, message).message.to_name_is_address);
  message.header_to = "b@y.example";
  EXPECT_FALSE(facts_of(builder, message).message.to_name_is_address);
}

TEST(MessageFacts, KnowTheDomainOfTheOnlyRecipient) {
  const Builder builder;
  Submission message = builder.events.submission_event(kOfficeAddress, "Q");
  message.recipients = {"b@gmail.com"};
  EXPECT_EQ(facts_of(builder, message).message.recipient_domain, "gmail.com");
  message.recipients = {"b@gmail.com", "c@gmail.com"};
  EXPECT_EQ(facts_of(builder, message).message.recipient_domain, "");
}

RC_GTEST_PROP(FactBuilder, ReturnsForAnyText, (const std::string& a, const std::string& b)) {
  static Builder builder;
  static const FactBuilder make = builder.make();
  builder.policy.canaries.patterns = {a};
  Submission message = builder.events.submission_event(kOfficeAddress, a);
  message.sender = b;
  message.header_from = a + "<" + b + ">";
  message.header_to = b + a;
  message.subject = a;
  message.recipients = {b};
  message.session.helo_name = a;
  const Facts facts = make.build(message);
  RC_ASSERT(facts.account == make.account_key(message.account));
  RC_ASSERT(make.build(builder.events.recipient_event(kOfficeAddress, b, a)).account == facts.account);
}

TEST(DestinationKey, IsOfTheDomainInAnyCase) {
  const Builder builder;
  const FactBuilder make = builder.make();
  EXPECT_EQ(make.destination_key("a@y.example"), make.destination_key("b@Y.EXAMPLE"));
  EXPECT_NE(make.destination_key("a@y.example"), make.destination_key("a@z.example"));
  EXPECT_EQ(make.destination_key("nobody"), 0U);
  EXPECT_EQ(make.destination_key(""), 0U);
}

}  // namespace
}  // namespace postreeve
