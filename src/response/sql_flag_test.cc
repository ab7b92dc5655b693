#include <soci/soci.h>
#include <soci/sqlite3/soci-sqlite3.h>

#include "response/sql_flag.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "response/action_testing.h"

namespace postreeve {
namespace {

using ::testing::HasSubstr;

// With SQLite; tests/response has the servers.
class SqlFlag : public ::testing::Test {
 protected:
  SqlFlag() : database_(soci::sqlite3, "db=" + file()) {
    database_ << "CREATE TABLE users (login TEXT PRIMARY KEY, abused INTEGER, why TEXT, until TEXT)";
    add("anna@shop.example", "0");
  }

  [[nodiscard]] std::string file() const { return maker_.folder.file("mail.db"); }
  void add(const std::string& login, const std::string& abused) {
    database_ << "INSERT INTO users (login, abused) VALUES (:login, " + abused + ")", soci::use(login);
  }
  std::string abused(const std::string& login = "anna@shop.example") {
    std::string found;
    database_ << "SELECT quote(abused) FROM users WHERE login = :login", soci::use(login), soci::into(found);
    return found;
  }
  [[nodiscard]] ActionSettings settings() const {
    ActionSettings given("flag");
    given.set("database", "sqlite");
    given.set("connection", "db=" + file());
    given.set("set", "UPDATE users SET abused = 1 WHERE login = :account");
    given.set("read", "SELECT abused FROM users WHERE login = :account");
    given.set("undo", "UPDATE users SET abused = :before WHERE login = :account AND abused = 1");
    given.set("timeout", Duration{std::chrono::seconds(2)});
    return given;
  }
  std::unique_ptr<ResponseAction> flag() { return maker_.made("sql_flag", settings()); }

  ActionMaker maker_;
  soci::session database_;
};

TEST_F(SqlFlag, SetsAndGivesBackWhatWasThere) {
  for (const std::string before : {"0", "NULL", "7"}) {
    Task task = task_for("user-" + before);
    add(task.account.text(), before);
    task.receipt = flag()->prepare(task).value();
    ASSERT_TRUE(flag()->carry_out(task));
    EXPECT_EQ(abused(task.account.text()), "1");
    ASSERT_TRUE(flag()->undo(task));
    EXPECT_EQ(abused(task.account.text()), before);
  }
}

TEST_F(SqlFlag, MayBeRepeatedAtAnyPoint) {
  Task task = task_for("anna@shop.example");
  task.receipt = flag()->prepare(task).value();
  for (int i = 0; i < 2; ++i) ASSERT_TRUE(flag()->carry_out(task));
  for (int i = 0; i < 2; ++i) ASSERT_TRUE(flag()->undo(task));
  EXPECT_EQ(abused(), "0");
}

TEST_F(SqlFlag, LeavesWhatSomebodyElseChanged) {
  Task task = task_for("anna@shop.example");
  task.receipt = flag()->prepare(task).value();
  ASSERT_TRUE(flag()->carry_out(task));
  database_ << "UPDATE users SET abused = 2";
  EXPECT_THAT(flag()->undo(task).value(), HasSubstr("left as it is"));
  EXPECT_EQ(abused(), "2");
}

TEST_F(SqlFlag, BindsEveryValue) {
  ActionSettings given = settings();
  given.set(
      "set",
      "UPDATE users SET abused = 1, until = :until, why = :localpart || '|' || :domain || '|' || :incident "
      "|| '|' || :level || '|' || :reason WHERE login = :account");
  Task task = task_for("o'hara\"); DROP TABLE users; --@shop.example");
  add(task.account.text(), "0");
  task.reason = "'; DELETE FROM users";
  ASSERT_TRUE(maker_.made("sql_flag", given)->carry_out(task));
  std::string why;
  std::string until;
  database_ << "SELECT why, until FROM users WHERE abused = 1", soci::into(why), soci::into(until);
  EXPECT_EQ(why,
            "o'hara\"); drop table users; --|shop.example|000000000000abcd|suspended|'; DELETE FROM users");
  EXPECT_EQ(until, "2026-03-02 03:00:00");
}

TEST_F(SqlFlag, SaysThatThereIsNoSuchAccount) {
  const auto action = flag();
  for (const auto& did : {action->prepare(task_for("nobody")), action->carry_out(task_for("nobody"))}) {
    ASSERT_FALSE(did);
    EXPECT_EQ(did.error().code, ErrorCode::kNotFound);
    EXPECT_EQ(did.error().detail, "no such account: sqlite found no row for nobody");
  }
}

TEST_F(SqlFlag, TriesAgainWhenTheDatabaseIsLockedOrNotThere) {
  ActionSettings given = settings();
  given.set("connection", "db=" + maker_.folder.file("nowhere.db"));
  EXPECT_EQ(maker_.made("sql_flag", given)->carry_out(task_for("anna")).error().code,
            ErrorCode::kUnavailable);
  EXPECT_FALSE(std::filesystem::exists(maker_.folder.file("nowhere.db")));
}

TEST_F(SqlFlag, GivesUpOnAStatementThatNeverWorks) {
  ActionSettings given = settings();
  given.set("set", "UPDATE nowhere SET abused = 1 WHERE login = :account");
  const auto did = maker_.made("sql_flag", given)->carry_out(task_for("anna"));
  EXPECT_EQ(did.error().code, ErrorCode::kInvalidInput);
  EXPECT_THAT(did.error().detail, HasSubstr("no such table: nowhere"));
}

TEST_F(SqlFlag, SaysWhatIsWrongWithItsSettings) {
  const struct {
    std::string key;
    std::string value;
    std::string_view says;
  } cases[] = {
      {"database", "oracle", "\"postgresql\", \"mysql\" or \"sqlite\""},
      {"connection", "db=x password=y", "password_file"},
      {"set", "UPDATE users SET abused = 1", "names no account"},
      {"read", "UPDATE users SET abused = 1 WHERE login = :account", "begins with SELECT"},
      {"read", "SELECT :before FROM users WHERE login = :account", ":before, which is none of"},
      {"undo", "UPDATE users SET abused = ':before' WHERE login = :account", "within quotation marks"},
  };
  for (const auto& [key, value, says] : cases) {
    ActionSettings given = settings();
    given.set(key, value);
    const auto made = maker_.make("sql_flag", given);
    ASSERT_FALSE(made) << value;
    EXPECT_THAT(made.error().detail, HasSubstr(says));
  }
}

}  // namespace
}  // namespace postreeve
