#include "response/ldap_flag.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "response/action_testing.h"
#include "response/ldap_filter.h"

namespace postreeve {
namespace {

using ::testing::HasSubstr;

// What is read back as the value is in tests/response, by a real server.
TEST(LdapFilter, EscapesWhatWouldBePartOfTheFilter) {
  const AccountId account = AccountId::from_login(R"(o'hara*)(uid=*\)@shop.example)", "").value();
  EXPECT_EQ(
      fill_filter("(&(uid={account})(l={localpart})(d={domain}))", account),
      R"((&(uid=o'hara\2a\29\28uid=\2a\5c\29@shop.example)(l=o'hara\2a\29\28uid=\2a\5c\29)(d=shop.example)))");
  EXPECT_EQ(escape_filter_value(std::string_view("\0\xc3\xa9", 3)), R"(\00\c3\a9)");
}

RC_GTEST_PROP(LdapFilter, LetsNothingOfAValueThrough, (const std::string& value)) {
  const std::string escaped = escape_filter_value(value);
  RC_ASSERT(escaped.find_first_of("()*") == std::string::npos);
}

RC_GTEST_PROP(LdapFilter, ChecksAnything, (const std::string& filter)) {
  const std::string wrapped = "(" + filter + ")";
  if (check_filter(wrapped)) (void)fill_filter(wrapped, AccountId::from_login("anna", "").value());
}

TEST(LdapFilter, SaysWhatItDoesNotTake) {
  EXPECT_THAT(check_filter("uid={account}").error().detail, HasSubstr("parentheses"));
  EXPECT_THAT(check_filter("(uid={user})").error().detail, HasSubstr("no other braces"));
  EXPECT_THAT(check_filter("(uid={account)").error().detail, HasSubstr("no other braces"));
  EXPECT_THAT(check_filter("(dc={domain})").error().detail, HasSubstr("no account"));
}

class LdapFlag : public ::testing::Test {
 protected:
  static ActionSettings settings() {
    ActionSettings given("flag");
    given.set("uri", "ldap://127.0.0.1:9");
    given.set("bind_dn", "cn=postreeve,dc=example");
    given.set("password_file", "/dev/null");
    given.set("base", "dc=example");
    given.set("filter", "(uid={account})");
    given.set("attribute", "abused");
    given.set("value", "TRUE");
    return given;
  }

  ActionMaker maker_;
};

TEST_F(LdapFlag, SaysWhatItWouldDo) {
  EXPECT_EQ(maker_.made("ldap_flag", settings())->preview(task_for("anna")),
            "set abused=TRUE in ldap://127.0.0.1:9 for anna");
}

TEST_F(LdapFlag, GivesNothingBackThatWasNeverTaken) {
  EXPECT_THAT(maker_.made("ldap_flag", settings())->undo(task_for("anna")).value(),
              HasSubstr("had not been set"));
}

TEST_F(LdapFlag, SaysWhatIsWrongWithItsSettings) {
  const struct {
    std::string key;
    std::string value;
    std::string_view says;
  } cases[] = {
      {"uri", "http://ldap.example", "ldap://host"},
      {"uri", "ldap://ldap.example", "in the clear"},
      {"uri", "ldaps://ldap.example ldap://ldap2.example", "in the clear"},
      {"bind_dn", "", "belong together"},
      {"filter", "(uid=anna)", "names no account"},
      {"mode", "remove", "\"replace\" or \"add\""},
      {"value", "", "not empty"},
  };
  for (const auto& [key, value, says] : cases) {
    ActionSettings given = settings();
    given.set(key, value);
    const auto made = maker_.make("ldap_flag", given);
    ASSERT_FALSE(made) << value;
    EXPECT_THAT(made.error().detail, HasSubstr(says));
  }
  ActionSettings encrypted = settings();
  encrypted.set("uri", "ldap://ldap.example");
  encrypted.set("start_tls", true);
  EXPECT_TRUE(maker_.make("ldap_flag", encrypted));
}

}  // namespace
}  // namespace postreeve
