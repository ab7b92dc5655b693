#include "store/ledger/list_book.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "store/ledger/ledger_testing.h"

namespace postreeve {
namespace {

using ::testing::IsEmpty;
using ::testing::SizeIs;

class ListBookTest : public LedgerOnBoth {};

ListEntry entry(ListName list, std::string value) {
  return {.list = list,
          .value = std::move(value),
          .comment = "",
          .author = "pat",
          .created = kNoon,
          .expires = {}};
}

TEST_P(ListBookTest, TakesSeveralEntriesOrNone) {
  ListBook book(*database);
  std::vector<ListEntry> entries{entry(ListName::kBlock, "192.0.2.0/24"),
                                 entry(ListName::kBlock, "300.1.1.1")};
  EXPECT_FALSE(book.add(entries));
  EXPECT_THAT(*book.entries({}, kNoon), IsEmpty());
  entries.back().value = "a@x.example";
  ASSERT_TRUE(book.add(entries));
  EXPECT_THAT(*book.entries({}, kNoon), SizeIs(2));
}

TEST_P(ListBookTest, KeepsEntriesUntilTheyExpire) {
  ListBook book(*database);
  ListEntry office = entry(ListName::kAllow, "192.0.2.0/24");
  office.comment = "the 'office'; DROP TABLE list_entry";
  office.expires = kNoon + std::chrono::hours{1};
  ASSERT_TRUE(book.add(office));
  ASSERT_TRUE(book.add(entry(ListName::kBlock, "Bob@X.example")));
  reopen();
  const ListBook again(*database);
  const auto entries = *again.entries({}, kNoon);
  ASSERT_THAT(entries, SizeIs(2));
  EXPECT_EQ(entries[0].comment, office.comment);
  EXPECT_EQ(entries[0].expires, office.expires);
  EXPECT_EQ(entries[1].value, "bob@x.example");
  EXPECT_THAT(*again.entries({}, kNoon + std::chrono::hours{1}), SizeIs(1));
  EXPECT_THAT(*again.entries(ListName::kCanary, kNoon), IsEmpty());
}

TEST_P(ListBookTest, HasOneEntryAValue) {
  ListBook book(*database);
  ASSERT_TRUE(book.add(entry(ListName::kAllow, "192.0.2.7/32")));
  ListEntry again = entry(ListName::kAllow, " 192.0.2.7 ");
  again.comment = "newer";
  ASSERT_TRUE(book.add(again));
  ASSERT_THAT(*book.entries({}, kNoon), SizeIs(1));
  EXPECT_EQ(book.entries({}, kNoon)->at(0).comment, "newer");
  EXPECT_TRUE(book.remove(ListName::kAllow, "192.0.2.7"));
  EXPECT_EQ(book.remove(ListName::kAllow, "192.0.2.7").error().code, ErrorCode::kNotFound);
}

TEST(ListValue, HasOneForm) {
  const struct {
    const char* says;
    ListName list;
    const char* value;
    const char* canonical;  // "": refused
  } cases[] = {
      {"a network", ListName::kAllow, "2001:DB8::/32", "2001:db8::/32"},
      {"an address", ListName::kBlock, "192.0.2.7", "192.0.2.7"},
      {"an account", ListName::kBlock, "Anna@X.Example", "anna@x.example"},
      {"a bare login", ListName::kBlock, "anna", "anna"},
      {"bits below the length", ListName::kBlock, "192.0.2.7/24", ""},
      {"a length that no network has", ListName::kBlock, "192.0.2.0/33", ""},
      {"half an address", ListName::kBlock, "192.0.2", ""},
      {"half an IPv6 address", ListName::kBlock, "2001:db8", ""},
      {"two words", ListName::kBlock, "anna bob", ""},
      {"nothing", ListName::kBlock, " ", ""},
      {"no UTF-8", ListName::kBlock, "a\xff@x.example", ""},
      {"a canary", ListName::kCanary, "Trap@X.Example", "trap@x.example"},
      {"a pattern", ListName::kCanary, "*@Trap.Example", "*@trap.example"},
      {"everybody", ListName::kCanary, "*@*", ""},
      {"no address", ListName::kCanary, "trap", ""},
      {"a pattern with a space", ListName::kCanary, "a *@x.example", ""},
  };
  for (const auto& c : cases) {
    const auto value = canonical_list_value(c.list, c.value);
    EXPECT_EQ(value ? *value : "", c.canonical) << c.says;
  }
}

POSTREEVE_ON_BOTH(ListBookTest);

}  // namespace
}  // namespace postreeve
