#include "response/notice.h"

#include <fstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "response/response_testing.h"
#include "response/smtp_client.h"
#include "response/wall_clock.h"
#include "store/ledger/ledger_testing.h"
#include "store/sqlite_connection.h"

namespace postreeve {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

// The mail server is a port nobody listens on; tests/response has a real one.
class NoticeTest : public LedgerTest {
 protected:
  NoticeTest() {
    settings.set("from", "Abuse desk <abuse@hoster.example>");
    settings.set("smtp", "127.0.0.1:1");
  }

  std::unique_ptr<ResponseAction> make() {
    auto made = notice_type().make(settings, {.ledger = *database, .state_folder = folder.file("")});
    if (!made) throw std::runtime_error(made.error().detail);
    return *std::move(made);
  }

  std::string mistake() {
    const auto made = notice_type().make(settings, {.ledger = *database, .state_folder = folder.file("")});
    return made ? "" : made.error().detail;
  }

  // The change's row, taken at `now`.
  Task taken(Level before, Level after, Timestamp when) { return taken(changed(before, after), when); }
  Task taken(const StandingEntry& entry, Timestamp when) {
    Outbox outbox(*database);
    const Task task = task_of(entry, "notice", Direction::kCarryOut);
    EXPECT_TRUE(outbox.add(task.incident, task.account, {outbox_action(task)}, when));
    return *read_task(**outbox.take("notice", when, std::chrono::minutes{1}));
  }
  // Some hours after the first change of the incident.
  StandingEntry recorded(Level before, Level after, int hour) {
    StandingEntry entry = changed(before, after);
    entry.change.time += std::chrono::hours{hour};
    EXPECT_TRUE(IncidentBook(*database).record(entry));
    return entry;
  }
  // "sent", as far as that goes without a server, or why not.
  std::string outcome(const Task& task) {
    const auto told = make()->carry_out(task);
    if (told) return *told;
    return told.error().code == ErrorCode::kUnavailable ? "sent" : told.error().detail;
  }
  void done(const Task& task, Timestamp when,
            const std::string& says = "sent the notice 'held' (en) to you") {
    EXPECT_TRUE(Outbox(*database).done(task.id, says, when));
  }

  ActionSettings settings{"notice"};
  Timestamp now = wall_clock();
};

TEST_F(NoticeTest, IsSentOnceAnIncidentAndStage) {
  const auto notice = make();
  done(taken(Level::kClear, Level::kHeld, now), now);
  const auto again = notice->carry_out(taken(Level::kSlowed, Level::kHeld, now));
  ASSERT_TRUE(again) << again.error().detail;
  EXPECT_EQ(*again, "the notice 'held' of this incident was sent before");
}

TEST_F(NoticeTest, IsSentOnceMoreWhenTheWholeAccountIsMeant) {
  done(taken(Level::kClear, Level::kHeld, now), now);
  StandingEntry whole = changed(Level::kHeld, Level::kHeld);
  whole.change.after.scope = Scope::kWholeAccount;
  const Task task = taken(whole, now);
  EXPECT_EQ(outcome(task), "sent");
  done(task, now);
  const Task again = taken(whole, now);
  EXPECT_THAT(outcome(again), HasSubstr("was sent before"));
  done(again, now);
  EXPECT_THAT(outcome(taken(Level::kHeld, Level::kHeld, now)), HasSubstr("was sent before"));
}

TEST_F(NoticeTest, IsSentOnceMoreWhenThePasswordIsStolenAgain) {
  done(taken(recorded(Level::kClear, Level::kHeld, 0), now), now);
  done(taken(recorded(Level::kHeld, Level::kRecovering, 1), now), now);
  const Task again = taken(recorded(Level::kRecovering, Level::kHeld, 2), now);
  EXPECT_EQ(outcome(again), "sent");
  done(again, now);
  const Task over = taken(recorded(Level::kHeld, Level::kRecovering, 3), now);
  EXPECT_EQ(outcome(over), "sent");
  done(over, now);
  EXPECT_THAT(outcome(taken(changed(Level::kSlowed, Level::kHeld), now)), HasSubstr("was sent before"));
}

class ReleasedNoticeTest : public NoticeTest {
 protected:
  ReleasedNoticeTest() {
    const Task undo = task_of(over, "flag", Direction::kUndo);
    EXPECT_TRUE(outbox.add(undo.incident, undo.account, {outbox_action(undo)}, now));
    flag = **outbox.take("flag", now, std::chrono::minutes{1});
    EXPECT_TRUE(outbox.failed(flag.id, "connection refused", now + std::chrono::minutes{1}));
  }

  StandingEntry over = changed(Level::kHeld, Level::kRecovering);
  Outbox outbox{*database};
  OutboxRow flag;
};

TEST_F(ReleasedNoticeTest, WaitsUntilAllIsUndone) {
  const Task task = taken(over, now);
  const auto told = make()->carry_out(task);
  ASSERT_FALSE(told);
  EXPECT_EQ(told.error().code, ErrorCode::kConflict);
  EXPECT_EQ(told.error().detail, "flag is not undone yet, and sending does not work as usual before");
  ASSERT_TRUE(outbox.done(flag.id, "cleared", now));
  EXPECT_EQ(outcome(task), "sent");
}

TEST_F(ReleasedNoticeTest, WaitsForNothingThatWasGivenUp) {
  const Task task = taken(over, now);
  ASSERT_TRUE(outbox.give_up(flag.id, "connection refused", now));
  EXPECT_EQ(outcome(task), "sent");
}

TEST_F(ReleasedNoticeTest, IsNotSentWhileTheAccountIsRestrictedAgain) {
  const Task task = taken(over, now);
  StandingEntry again = changed(Level::kRecovering, Level::kHeld);
  again.change.time += std::chrono::hours{1};
  const Task held = task_of(again, "flag", Direction::kCarryOut);
  ASSERT_TRUE(outbox.add(held.incident, held.account, {outbox_action(held)}, now));
  EXPECT_EQ(outcome(task), "not sent: the account is restricted again");
}

TEST_F(NoticeTest, AsksADatabaseForTheRecoveryAddress) {
  const std::string file = folder.file("users.db");
  auto users = SqliteConnection::open(file, SqliteConnection::Access::kReadWrite, std::chrono::seconds{5});
  ASSERT_TRUE(users && users->run("CREATE TABLE users (login TEXT, recovery TEXT);"
                                  "INSERT INTO users VALUES ('anna@shop.example', 'anna@private.example'),"
                                  " ('nobody', NULL)"));
  settings.set("to", std::vector<std::string>{"recovery"});
  settings.set("recovery_database", "sqlite");
  settings.set("recovery_connection", "db=" + file);
  settings.set("recovery_query", "SELECT recovery FROM users WHERE login = :account");
  const Task task = task_of(changed(Level::kClear, Level::kHeld), "notice", Direction::kCarryOut);
  EXPECT_EQ(make()->preview(task), "send the notice 'held' (en) to the recovery address, if there is one");
  const auto failure = [&] {
    const auto told = make()->carry_out(task);
    EXPECT_FALSE(told);
    return told ? Error{} : told.error();
  };
  EXPECT_EQ(failure().code, ErrorCode::kUnavailable);  // there is a reader, and no mail server
  for (const char* change : {"UPDATE users SET recovery = 'no address' WHERE login <> 'nobody'",
                             "UPDATE users SET recovery = NULL", "DELETE FROM users"}) {
    ASSERT_TRUE(users->run(change));
    EXPECT_EQ(failure().code, ErrorCode::kNotFound) << change;
  }
  // Nobody is passed by because a database is away.
  ASSERT_TRUE(users->run("DROP TABLE users"));
  EXPECT_THAT(failure().detail, HasSubstr("the recovery address: "));
}

TEST_F(NoticeTest, SaysWhatIsWrongWithARecoveryLookup) {
  settings.set("recovery_query", "SELECT 1");
  EXPECT_EQ(mistake(), "key 'recovery_database': is missing beside 'recovery_query'");
  settings.set("recovery_database", "oracle");
  EXPECT_THAT(mistake(), HasSubstr("recovery_database is \"postgresql\""));
  settings.set("recovery_database", "sqlite");
  settings.set("recovery_connection", "db=/x");
  EXPECT_EQ(mistake(), "key 'recovery_query': names no account (WHERE login = :account)");
  settings.set("recovery_query", "DELETE FROM users WHERE login = :account");
  EXPECT_THAT(mistake(), HasSubstr("begins with SELECT"));
  settings.set("recovery_uri", "ldap://127.0.0.1");
  EXPECT_THAT(mistake(), HasSubstr("not both"));
}

TEST_F(NoticeTest, IsTriedAgainWhenNoServerAnswers) {
  const auto notice = make();
  done(taken(Level::kClear, Level::kSlowed, now), now);
  const auto sent = notice->carry_out(taken(Level::kSlowed, Level::kHeld, now));
  ASSERT_FALSE(sent);
  EXPECT_EQ(sent.error().code, ErrorCode::kUnavailable);
}

TEST_F(NoticeTest, WaitsWhenTheHourIsFull) {
  settings.set("most_per_hour", std::int64_t{1});
  const auto notice = make();
  done(taken(Level::kClear, Level::kSlowed, now), now - std::chrono::minutes{5});
  const auto sent = notice->carry_out(taken(Level::kSlowed, Level::kHeld, now));
  ASSERT_FALSE(sent);
  EXPECT_EQ(sent.error().code, ErrorCode::kUnavailable);
  EXPECT_THAT(sent.error().detail, HasSubstr("most_per_hour"));
}

TEST_F(NoticeTest, CountsMailsOnlyWhenItAsksWhetherTheHourIsFull) {
  settings.set("most_per_hour", std::int64_t{1});
  const auto notice = make();
  done(taken(Level::kClear, Level::kSlowed, now), now,
       "the notice 'slowed' of this incident was sent before");
  done(taken(Level::kClear, Level::kSlowed, now), now, "the tenant's contact is told of it with others");
  const auto sent = notice->carry_out(taken(Level::kSlowed, Level::kHeld, now));
  ASSERT_FALSE(sent) << "nobody listens";
  EXPECT_THAT(sent.error().detail, Not(HasSubstr("most_per_hour")));
}

TEST_F(NoticeTest, TellsRecoveryContactAndOwnerInTheTenantsLanguage) {
  std::ofstream(folder.file("recovery")) << "# account address\nbob@x.example b@y.example\n"
                                         << "ANNA@shop.example  anna@private.example\n";
  settings.set("recovery_map_file", folder.file("recovery"));
  settings.set("contacts", std::vector<std::string>{"shop boss@shop.example"});
  settings.set("languages", std::vector<std::string>{"shop pl"});
  StandingEntry entry = changed(Level::kClear, Level::kHeld);
  const auto notice = make();
  EXPECT_EQ(notice->preview(task_of(entry, "notice", Direction::kCarryOut)),
            "send the notice 'held' (en) to the recovery address, the mailbox itself");
  entry.tenant = "shop";
  EXPECT_EQ(notice->preview(task_of(entry, "notice", Direction::kCarryOut)),
            "send the notice 'held' (pl) to the recovery address, the tenant's contact, the mailbox itself");
}

TEST_F(NoticeTest, KnowsNobodyOfALoginWithoutDomain) {
  StandingEntry entry = changed(Level::kClear, Level::kHeld);
  entry.account = *AccountId::from_login("anna", "");
  const auto sent = make()->carry_out(task_of(entry, "notice", Direction::kCarryOut));
  ASSERT_FALSE(sent);
  EXPECT_EQ(sent.error().code, ErrorCode::kNotFound);
}

TEST_F(NoticeTest, SaysWhichKeyIsWrong) {
  const ActionSettings right = settings;
  const auto wrong = [&](const std::string& key, ActionSettings::Value value) {
    settings = right;
    settings.set(key, std::move(value));
    EXPECT_THAT(mistake(), HasSubstr("'" + key)) << key;
  };
  using Texts = std::vector<std::string>;
  wrong("from", "abuse");
  wrong("reply_to", "nobody");
  wrong("smtp", "127.0.0.1:0");
  wrong("smtp", "host name:25");
  wrong("to", Texts{"everybody"});
  wrong("recovery_map_file", folder.file("not there"));
  wrong("contacts", Texts{"shop"});
  wrong("language", "fr");
  wrong("languages", Texts{"pl"});
  wrong("time_zone", "Europe/Atlantis");
  std::ofstream(folder.file("de.txt")) << "no subject";
  wrong("template_folder", folder.file(""));
  wrong("most_per_hour", std::int64_t{-1});
  wrong("certificate_file", folder.file("not there"));
  settings = right;
  settings.set("certificate_file", folder.file("not there"));
  settings.set("key_file", folder.file("not there"));
  EXPECT_THAT(mistake(), HasSubstr("not there"));
}

TEST(SmtpServer, IsAskedForTlsUnlessItIsThisMachine) {
  EXPECT_FALSE(parse_smtp_server("127.0.0.1:25")->with_tls);
  EXPECT_FALSE(parse_smtp_server("[::1]:2525")->with_tls);
  EXPECT_FALSE(parse_smtp_server("localhost")->with_tls);
  EXPECT_TRUE(parse_smtp_server("mx.example:587")->with_tls);
  EXPECT_TRUE(parse_smtp_server("[2001:db8::1]")->with_tls);
  EXPECT_EQ(parse_smtp_server("[2001:db8::1]")->port, 25);
  for (const std::string_view wrong : {"", ":25", "a:", "a:0", "a:70000", "a:25x", "a/b:25", "[x]:25", "a b"})
    EXPECT_FALSE(parse_smtp_server(wrong)) << wrong;
}

}  // namespace
}  // namespace postreeve
