#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "mail/address.h"

namespace postreeve {
namespace {

struct Case {
  const char* header;
  const char* name;
  const char* address;
};

void expect_all(std::initializer_list<Case> cases) {
  for (const auto& [header, name, address] : cases) {
    const HeaderMailbox mailbox = parse_header_mailbox(header);
    EXPECT_EQ(mailbox.display_name, name) << header;
    EXPECT_EQ(mailbox.address, address) << header;
  }
}

TEST(HeaderMailbox, ReadsTheFormsOfRfc5322) {
  expect_all({
      {"a@x.example", "", "a@x.example"},
      {"<a@x.example>", "", "a@x.example"},
      {"Alice Smith <a@x.example>", "Alice Smith", "a@x.example"},
      {"\"Smith, Alice\" <a@x.example>", "Smith, Alice", "a@x.example"},
      {"\"Alice \\\"Al\\\" Smith\" <a@x.example>", "Alice \"Al\" Smith", "a@x.example"},
      {"Alice\r\n\t Smith\r\n <a@x.example>", "Alice Smith", "a@x.example"},
      {"\"a b\"@x.example", "", "\"a b\"@x.example"},
      {"a@[IPv6:2001:db8::7]", "", "a@[IPv6:2001:db8::7]"},
      {"Alice (at home) <a@x.example>", "Alice", "a@x.example"},
  });
}

TEST(HeaderMailbox, TakesTheFirstOfSeveral) {
  expect_all({
      {"a@x.example, b@y.example", "", "a@x.example"},
      {"A <a@x.example>, B <b@y.example>", "A", "a@x.example"},
      {"A <a@x.example> <b@y.example>", "A", "a@x.example"},
      {", ,a@x.example", "", "a@x.example"},
  });
}

TEST(HeaderMailbox, LooksIntoGroups) {
  expect_all({
      {"Friends: Alice <a@x.example>, b@y.example;", "Alice", "a@x.example"},
      {"undisclosed-recipients:;", "", ""},
      {"Nobody: ; , a@x.example", "", "a@x.example"},
  });
}

TEST(HeaderMailbox, TakesACommentForTheNameWhenThereIsNoOther) {
  expect_all({
      {"a@x.example (Alice (Al) Smith)", "Alice Al Smith", "a@x.example"},
      {"<a@x.example> (Alice)", "Alice", "a@x.example"},
      {"(Alice) a@x.example", "Alice", "a@x.example"},
  });
}

TEST(HeaderMailbox, ShowsEncodedWordsAsPeopleSeeThem) {
  expect_all({
      {"=?UTF-8?Q?Caf=C3=A9?= <a@x.example>", "Café", "a@x.example"},
      {"\"=?UTF-8?B?Q2Fmw6k=?=\" <a@x.example>", "Café", "a@x.example"},
      {"=?UTF-8?Q?Smith,_Alice?= <a@x.example>", "Smith, Alice", "a@x.example"},
      {"=?ISO-8859-1?Q?M=FCller?= =?ISO-8859-1?Q?_GmbH?= <a@x.example>", "Müller GmbH", "a@x.example"},
      {"=?UTF-8?Q?service=40bank.example?= <a@x.example>", "service@bank.example", "a@x.example"},
  });
}

TEST(HeaderMailbox, ReadsWhatBrokenSendersWrite) {
  expect_all({
      {"Smith, Alice <a@x.example>", "Smith, Alice", "a@x.example"},
      {"\"Alice <a@x.example>", "\"Alice", "a@x.example"},
      {"Alice :( <a@x.example>", "(", "a@x.example"},
      {"service@bank.example <a@x.example>", "service@bank.example", "a@x.example"},
      {"Alice a@x.example", "Alice", "a@x.example"},
      {"\"Alice\" a@x.example", "Alice", "a@x.example"},
      {"mailto:a@x.example", "", "a@x.example"},
      {"Alice <a@x.example", "Alice", "a@x.example"},
      {"Alice <>", "Alice", ""},
      {"Alice", "Alice", ""},
      {"", "", ""},
      {" \t", "", ""},
      {"<", "", ""},
      {"(", "(", ""},
  });
}

RC_GTEST_PROP(HeaderMailbox, FindsTheAddressBehindAnyQuotedName, (const std::string& name)) {
  std::string header = "\"";
  for (char c : name) header.append("\\").append(1, c);
  header += "\" <a@x.example>";
  RC_ASSERT(parse_header_mailbox(header).address == "a@x.example");
}

RC_GTEST_PROP(HeaderMailbox, IsBoundedForAnyBytes, ()) {
  const auto header = *rc::gen::container<std::string>(rc::gen::oneOf(
      rc::gen::arbitrary<char>(), rc::gen::elementOf(std::string("aB@@.<>()\"\\,;: \r\n=?UTF-8?Q?"))));
  const HeaderMailbox mailbox = parse_header_mailbox(header);
  RC_ASSERT(mailbox.display_name.size() <= 3 * header.size());
  RC_ASSERT(mailbox.address.size() <= header.size());
}

TEST(HeaderMailbox, TakesLinearTimeForRowsOfBrackets) {
  for (const char* unit : {"(", "\"\\", "\"", "=?a?Q?", "<", "@", ":", "a@b "}) {
    std::string header;
    while (header.size() < 300'000) header += unit;
    EXPECT_LE(parse_header_mailbox(header).address.size(), header.size());
  }
}

}  // namespace
}  // namespace postreeve
