#include "mail/address.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "base/ascii.h"

namespace postreeve {
namespace {

struct Parts {
  const char* text;
  const char* localpart;
  const char* domain;
};

// Texts made of the letters that divide addresses.
rc::Gen<std::string> address_like() {
  return rc::gen::container<std::string>(rc::gen::elementOf(std::string("aB.@@\"\\<>[]:, x-\xc3\xa4")));
}

TEST(Address, DividesLocalpartAndDomain) {
  const Parts cases[] = {
      {"a@x.example", "a", "x.example"},
      {"Alice.Smith+tag@X.EXAMPLE", "Alice.Smith+tag", "x.example"},
      {"<a@x.example>", "a", "x.example"},
      {" a@x.example ", "a", "x.example"},
      {"\"a b\"@x.example", "a b", "x.example"},
      {"\"a\\\"@\\\\b\"@x.example", "a\"@\\b", "x.example"},
      {"a b@x.example", "a b", "x.example"},
      {"a@b@x.example", "a@b", "x.example"},
      {"a@[192.0.2.7]", "a", "[192.0.2.7]"},
      {"a@[IPv6:2001:db8::7]", "a", "[ipv6:2001:db8::7]"},
      {"postmaster", "postmaster", ""},
      {"\"a@b\"", "a@b", ""},
      {"müller@bücher.example", "müller", "bücher.example"},
      {"MAILER-DAEMON", "MAILER-DAEMON", ""},
      {"<@hop.example,@[IPv6:::1]:a@x.example>", "a", "x.example"},
      {"@hop.example:a@x.example", "a", "x.example"},
      {"\"open@x.example", "\"open", "x.example"},
      {"..@x.example", "..", "x.example"},
  };
  for (const auto& [text, localpart, domain] : cases) {
    const auto address = Address::parse(text);
    ASSERT_TRUE(address) << text;
    EXPECT_EQ(address->localpart(), localpart) << text;
    EXPECT_EQ(address->domain(), domain) << text;
  }
}

TEST(Address, RefusesWhatIsNone) {
  for (const char* text :
       {"", " ", "<>", "@x.example", "\"\"@x.example", "a@", "a@x y", "a@x.example>", "a@[]", "a@[1", "a@x,y",
        "a\r\n@x.example", "a@x.example\x7f", "@hop.example:", "a@x:25"}) {
    EXPECT_FALSE(Address::parse(text)) << text;
  }
  EXPECT_FALSE(Address::parse(std::string_view("a\0@x.example", 12)));
}

TEST(Address, HasAtMost320Bytes) {
  const std::string domain = "@" + std::string(255, 'x');
  EXPECT_TRUE(Address::parse(std::string(64, 'a') + domain));
  EXPECT_FALSE(Address::parse(std::string(65, 'a') + domain));
}

TEST(Address, QuotesOnlyALocalpartThatNeedsIt) {
  EXPECT_EQ(Address::parse("\"a.b\"@x.example")->to_string(), "a.b@x.example");
  EXPECT_EQ(Address::parse("a b@x.example")->to_string(), "\"a b\"@x.example");
  EXPECT_EQ(Address::parse("a..b@x.example")->to_string(), "\"a..b\"@x.example");
  EXPECT_EQ(Address::parse("\"a\\\"b\"@x.example")->to_string(), "\"a\\\"b\"@x.example");
  EXPECT_EQ(Address::parse("POSTMASTER")->to_string(), "POSTMASTER");
}

TEST(Address, IsRememberedInLowerCaseWithoutQuotes) {
  EXPECT_EQ(Address::parse("\"A B\"@X.example")->canonical(), "a b@x.example");
  EXPECT_EQ(Address::parse("A.B@X.example")->canonical(), "a.b@x.example");
  EXPECT_EQ(Address::parse("\"A@B\"@X.example")->canonical(), "a@b@x.example");
}

TEST(Address, KeepsQuotesWhereItWouldElseBeRememberedAsAnother) {
  EXPECT_EQ(Address::parse("\"A@x.example\"")->canonical(), "\"a@x.example\"");
  EXPECT_EQ(Address::parse("\"<a\"@x.example")->canonical(), "\"<a\"@x.example");
}

RC_GTEST_PROP(Address, ReadsBackWhatItWrote, ()) {
  const auto address = Address::parse(*address_like());
  RC_PRE(address.has_value());
  RC_ASSERT(Address::parse(address->to_string()) == address);
}

RC_GTEST_PROP(Address, ReadsBackAnyQuotedLocalpart, ()) {
  std::string localpart = *rc::gen::nonEmpty(rc::gen::container<std::string>(rc::gen::inRange(' ', '\x7f')));
  if (localpart.size() > 200) localpart.resize(200);
  std::string quoted = "\"";
  for (char c : localpart) quoted.append("\\").append(1, c);
  const auto address = Address::parse(quoted + "\"@x.example");
  RC_ASSERT(address.has_value());
  RC_ASSERT(address->localpart() == localpart);
  RC_ASSERT(Address::parse(address->to_string()) == address);
}

RC_GTEST_PROP(Address, HasOneCanonicalFormThatIsItsOwn, ()) {
  const auto address = Address::parse(*address_like());
  RC_PRE(address.has_value());
  const std::string canonical = address->canonical();
  const auto again = Address::parse(canonical);
  RC_ASSERT(again.has_value());
  RC_ASSERT(again->localpart() == to_lower(address->localpart()));
  RC_ASSERT(again->domain() == address->domain());
  RC_ASSERT(again->canonical() == canonical);
}

RC_GTEST_PROP(Address, NeverFailsOnAnyBytes, (const std::string& text)) {
  const auto address = Address::parse(text);
  if (!address) return;  // RC_ASSERT does not short-circuit ||
  RC_ASSERT(Address::parse(address->to_string()) == address);
}

TEST(DomainOf, IsBehindTheLastAt) {
  EXPECT_EQ(domain_of("a@b@x.example"), "x.example");
  EXPECT_EQ(domain_of("postmaster"), "");
  EXPECT_EQ(domain_of("a@"), "");
}

TEST(FindAddress, FindsTheFirstAddressInATextForPeople) {
  const std::pair<const char*, const char*> cases[] = {
      {"service@bank.example", "service@bank.example"},
      {"Bank (service@bank.example)", "service@bank.example"},
      {"'service@bank.example' via list", "service@bank.example"},
      {"Write to service@bank.example.", "service@bank.example"},
      {"a@b and c@d.example", "c@d.example"},
      {"a@b@c.example", "b@c.example"},
      {"@twitter name@x.example", "name@x.example"},
      {"müller@bücher.example", "müller@bücher.example"},
      {"5 pieces @ 3.50", ""},
      {"user@192.0.2.7", ""},
      {"a@b.c", ""},
      {"no address", ""},
      {"@", ""},
      {"", ""},
  };
  for (const auto& [text, expected] : cases) EXPECT_EQ(find_address(text), expected) << text;
}

RC_GTEST_PROP(FindAddress, GivesAViewThatIsAnAddress, ()) {
  const std::string text = *rc::gen::container<std::string>(rc::gen::elementOf(std::string("ab.c@@x-.' <")));
  const std::string_view found = find_address(text);
  if (found.empty()) return;
  RC_ASSERT(found.data() >= text.data());
  RC_ASSERT(found.data() + found.size() <= text.data() + text.size());
  RC_ASSERT(Address::parse(found).has_value());
  RC_ASSERT(find_address(found) == found);
}

}  // namespace
}  // namespace postreeve
