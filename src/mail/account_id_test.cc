#include "mail/account_id.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>

#include "base/ascii.h"

namespace postreeve {
namespace {

std::string text_of(std::string_view login, std::string_view domain = "x.example") {
  const auto id = AccountId::from_login(login, domain);
  return id ? id->text() : "none";
}

TEST(AccountId, AddsTheDefaultDomainToABareLogin) {
  EXPECT_EQ(text_of("alice"), "alice@x.example");
  EXPECT_EQ(text_of("alice", "X.Example"), "alice@x.example");
  EXPECT_EQ(text_of("alice@y.example"), "alice@y.example");
  EXPECT_EQ(text_of("alice", ""), "alice");
}

TEST(AccountId, FoldsAsciiOnly) {
  EXPECT_EQ(text_of("ALICE.Ä@Y.Example"), "alice.Ä@y.example");
}

TEST(AccountId, IsNeverWhatServersLogForAnAbsentName) {
  for (const char* login : {"", " ", "\t \n", "(unavailable)", "(UNAVAILABLE)", "<>", "<alice@x.example>",
                            "-", "unknown", "Unknown", " unknown ", "a\nb", "a\x01", "a\x7f"}) {
    EXPECT_EQ(text_of(login), "none") << login;
  }
  EXPECT_EQ(text_of(std::string_view("a\0b", 3)), "none");
}

TEST(AccountId, MayLookLikeAnAbsentNameInItsParts) {
  EXPECT_EQ(text_of("unknown@y.example"), "unknown@y.example");
  EXPECT_EQ(text_of("a-b"), "a-b@x.example");
  EXPECT_EQ(text_of("alice smith"), "alice smith@x.example");
}

TEST(AccountId, HasAtMost320Bytes) {
  EXPECT_NE(text_of(std::string(320, 'a'), ""), "none");
  EXPECT_EQ(text_of(std::string(321, 'a'), ""), "none");
  EXPECT_NE(text_of(std::string(310, 'a')), "none");  // with "@x.example"
  EXPECT_EQ(text_of(std::string(311, 'a')), "none");
}

TEST(AccountId, DividesAtTheLastAt) {
  const auto id = AccountId::from_login("a@b@y.example", "");
  ASSERT_TRUE(id);
  EXPECT_EQ(id->localpart(), "a@b");
  EXPECT_EQ(id->domain(), "y.example");
  const auto bare = AccountId::from_login("alice", "");
  ASSERT_TRUE(bare);
  EXPECT_EQ(bare->localpart(), "alice");
  EXPECT_EQ(bare->domain(), "");
}

TEST(AccountId, IsNobodyByDefault) {
  EXPECT_TRUE(AccountId{}.empty());
  EXPECT_EQ(AccountId{}.localpart(), "");
  EXPECT_EQ(AccountId{}.domain(), "");
}

RC_GTEST_PROP(AccountId, IsItsOwnLogin, (const std::string& login)) {
  const auto id = AccountId::from_login(login, "x.example");
  if (!id) return;
  RC_ASSERT(!id->empty());
  RC_ASSERT(id->text().size() <= 320U);
  RC_ASSERT(std::ranges::none_of(id->text(), [](char c) { return is_upper(c) || is_control(c); }));
  RC_ASSERT(AccountId::from_login(id->text(), "other.example") == id);
}

}  // namespace
}  // namespace postreeve
