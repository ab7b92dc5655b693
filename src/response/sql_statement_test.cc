#include "response/sql_statement.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace postreeve {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

Result<SqlStatement> read(std::string_view text) {
  return read_statement(text, {"account", "incident"});
}

TEST(SqlStatement, NamesWhatItBindsOnce) {
  const auto statement = read("UPDATE t SET by = :incident WHERE login = :account OR alias = :account ;\n");
  ASSERT_TRUE(statement) << statement.error().detail;
  EXPECT_THAT(statement->names, ElementsAre("incident", "account"));
  EXPECT_EQ(statement->text, "UPDATE t SET by = :incident WHERE login = :account OR alias = :account");
  EXPECT_TRUE(statement->binds("account"));
  EXPECT_FALSE(statement->binds("before"));
}

TEST(SqlStatement, LeavesCastsTimesAndTextsAlone) {
  const auto statement = read(
      "UPDATE t SET a = 'it''s 12:00 :o', b = now()::text, c = \"d e\" WHERE login = lower(:account::text)");
  ASSERT_TRUE(statement) << statement.error().detail;
  EXPECT_THAT(statement->names, ElementsAre("account"));
}

TEST(SqlStatement, SaysWhatItDoesNotTake) {
  const struct {
    std::string_view text;
    std::string_view says;
  } cases[] = {
      {"  ; ", "is empty"},
      {"UPDATE t SET a = 1 WHERE b = :acount", ":acount, which is none of :account, :incident"},
      {"UPDATE t SET a = 1 WHERE b = ':account'", ":account within quotation marks"},
      {"UPDATE t SET a = 1 WHERE b = \":account\"", ":account within quotation marks"},
      {"UPDATE t SET a = 1 WHERE \"b:c\" = :account", ":c within quotation marks"},
      {"UPDATE t SET a = 1 -- :account", "comment"},
      {"UPDATE t SET a = 1 /* :account */", "comment"},
      {"UPDATE t SET a = 1 # :account", "comment"},
      {"UPDATE t SET a = 'x\\' WHERE b = :account", "backslash"},
      {"UPDATE t SET a = $$x$$ WHERE b = :account", "dollar"},
      {"UPDATE t SET a = 'x WHERE b = :account", "never closed"},
      {"UPDATE t SET \"it's\" = 1 WHERE b = :account", "mixture"},
      {"UPDATE t SET a = 1; DROP TABLE t", "more than one statement"},
  };
  for (const auto& [text, says] : cases) {
    const auto statement = read(text);
    ASSERT_FALSE(statement) << text;
    EXPECT_EQ(statement.error().code, ErrorCode::kInvalidInput);
    EXPECT_THAT(statement.error().detail, HasSubstr(says)) << text;
  }
}

RC_GTEST_PROP(SqlStatement, ReadsAnything, (const std::string& text)) {
  const auto statement = read(text + ":account");
  if (statement) RC_ASSERT(!statement->text.empty());
}

}  // namespace
}  // namespace postreeve
