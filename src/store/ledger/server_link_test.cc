// The ledger on a PostgreSQL that comes and goes, and several nodes on one.
#include "store/ledger/server_link.h"

#include <algorithm>
#include <atomic>
#include <filesystem>
#include <functional>
#include <iterator>
#include <optional>
#include <set>
#include <thread>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "store/ledger/activity_book.h"
#include "store/ledger/audit_trail.h"
#include "store/ledger/clue_book.h"
#include "store/ledger/hourly_counts.h"
#include "store/ledger/ledger_testing.h"
#include "store/ledger/list_book.h"
#include "store/ledger/migrations.h"
#include "store/ledger/node_book.h"
#include "store/ledger/retention.h"
#include "store/ledger/sql.h"

namespace postreeve {
namespace {

using ::testing::HasSubstr;
using ::testing::SizeIs;

template <typename Condition>
bool comes_true(Condition condition, std::chrono::seconds patience = std::chrono::seconds{30}) {
  const auto give_up = std::chrono::steady_clock::now() + patience;
  while (!condition()) {
    if (std::chrono::steady_clock::now() > give_up) return false;
    std::this_thread::sleep_for(std::chrono::milliseconds{5});
  }
  return true;
}

StandingEntry entry_of(std::string_view login, Level level, std::uint64_t incident) {
  StandingEntry entry = standing_entry(level, incident);
  entry.account = account(login);
  entry.key = {.low = incident, .high = 1};
  entry.actions = {{.kind = "notice", .payload = "{}", .not_before = kNoon}};
  return entry;
}

// A server of its own, which a test may end, and nodes on it.
class PostgresqlNodes : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    if (PrivatePostgresql::is_installed()) postgresql = std::make_unique<PrivatePostgresql>();
  }
  static void TearDownTestSuite() { postgresql.reset(); }
  void SetUp() override {
    if (!postgresql) GTEST_SKIP() << "PostgreSQL is not installed (apt-get install postgresql)";
    server = postgresql->new_ledger();
    server.timeout = std::chrono::seconds{20};  // is away only when a test says so, however busy the machine
  }

  std::unique_ptr<LedgerDatabase> node(const std::string& name) {
    auto opened = LedgerDatabase::open({.path = folder.file(name), .server = server, .node = {name, "1"}});
    if (!opened) throw std::runtime_error(opened.error().detail);
    return std::move(*opened);
  }
  static bool is_up(const LedgerDatabase& database) { return database.health().is_up; }
  static bool becomes_up(const LedgerDatabase& database) {
    return comes_true([&] { return is_up(database); });
  }

  static std::unique_ptr<PrivatePostgresql> postgresql;
  LedgerFolder folder;
  PostgresqlServer server;
};
std::unique_ptr<PrivatePostgresql> PostgresqlNodes::postgresql;

TEST_F(PostgresqlNodes, KeepWhatComesWhileTheServerIsAwayAndBringItOverOnce) {
  const auto one = node("one");
  IncidentBook book(*one);
  ASSERT_TRUE(book.record(entry_of("anna", Level::kSlowed, 1)));
  postgresql->stop();
  EXPECT_TRUE(book.record(entry_of("bob", Level::kSuspended, 2)));
  EXPECT_TRUE(ListBook(*one).add({.list = ListName::kBlock,
                                  .value = "carl",
                                  .comment = "",
                                  .author = "pat",
                                  .created = kNoon,
                                  .expires = {}}));
  EXPECT_EQ(one->write([](soci::session&) -> Result<void> { return {}; }).error().code,
            ErrorCode::kUnavailable);
  EXPECT_FALSE(is_up(*one));
  EXPECT_EQ(one->health().spooled, 2U);
  EXPECT_FALSE(one->health().trouble.empty());
  // Readers see it meanwhile.
  EXPECT_EQ((*book.standing_of(account("bob")))->standing.level, Level::kSuspended);
  postgresql->start();
  ASSERT_TRUE(becomes_up(*one));
  EXPECT_EQ(one->health().spooled, 0U);
  EXPECT_EQ(one->health().brought, 2U);

  const auto two = node("two");
  const IncidentBook there(*two);
  EXPECT_EQ((*there.standing_of(account("bob")))->standing.level, Level::kSuspended);
  EXPECT_THAT(*there.timeline({2}), SizeIs(1));
  EXPECT_THAT(*Outbox(*two).of_incident({2}), SizeIs(1));
  EXPECT_THAT(*ListBook(*two).entries({}, kNoon), SizeIs(1));
  EXPECT_EQ((*there.standing_of(account("anna")))->standing.level, Level::kSlowed);
}

TEST_F(PostgresqlNodes, SpoolOverTheirOwnRestart) {
  {
    const auto one = node("one");
    postgresql->stop();
    ASSERT_TRUE(IncidentBook(*one).record(entry_of("bob", Level::kSuspended, 2)));
  }
  {
    const auto one = node("one");  // with the server still away
    EXPECT_FALSE(is_up(*one));
    EXPECT_EQ(one->health().spooled, 1U);
    EXPECT_THAT(*IncidentBook(*one).standings(), SizeIs(1));
  }
  postgresql->start();
  const auto one = node("one");
  EXPECT_TRUE(is_up(*one));
  EXPECT_THAT(*Outbox(*one).of_incident({2}), SizeIs(1));
}

TEST_F(PostgresqlNodes, StartWithWhatTheyLastSawWhenTheServerIsAway) {
  {
    const auto one = node("one");
    ASSERT_TRUE(IncidentBook(*one).record(entry_of("bob", Level::kSuspended, 2)));
    const auto two = node("two");
    std::atomic<bool> seen = false;
    two->follow({.standings = [&](std::uint64_t) -> Result<void> {
                   seen = true;
                   return {};
                 },
                 .rules = {}});
    ASSERT_TRUE(comes_true([&] { return seen.load(); }));
  }
  postgresql->stop();
  const auto two = node("two");
  const auto standings = IncidentBook(*two).standings();
  postgresql->start();
  ASSERT_TRUE(standings);
  ASSERT_THAT(*standings, SizeIs(1));
  EXPECT_EQ(standings->front().standing.level, Level::kSuspended);
}

TEST_F(PostgresqlNodes, WaitNoLongerThanTheyAreToldForAServerThatIsSilent) {
  server.timeout = std::chrono::seconds{4};
  const auto one = node("one");
  IncidentBook book(*one);
  ASSERT_TRUE(book.record(entry_of("anna", Level::kSlowed, 1)));
  postgresql->pause();
  const auto begin = std::chrono::steady_clock::now();
  const auto recorded = book.record(entry_of("bob", Level::kSuspended, 2));
  const auto first = std::chrono::steady_clock::now() - begin;
  const auto again = book.record(entry_of("carl", Level::kSuspended, 3));
  const auto second = std::chrono::steady_clock::now() - begin - first;
  postgresql->resume();
  EXPECT_TRUE(recorded);
  EXPECT_TRUE(again);
  EXPECT_LT(first, std::chrono::seconds{10});
  EXPECT_LT(second, std::chrono::seconds{3});  // libpq, too, would wait longer for a connection
  ASSERT_TRUE(becomes_up(*one));
  for (const std::uint64_t incident : {1U, 2U, 3U})
    EXPECT_THAT(*book.timeline({incident}), SizeIs(1)) << incident;
}

// Where there is none to be had reads and commits go on.
TEST_F(PostgresqlNodes, ReadAndWriteWithoutAThreadForEach) {
  const auto one = node("one");
  const auto count = [] { return std::distance(std::filesystem::directory_iterator("/proc/self/task"), {}); };
  const auto before = count();
  const auto work = [&](soci::session&) -> Result<void> {
    EXPECT_EQ(count(), before);
    return {};
  };
  EXPECT_TRUE(one->read(work));
  EXPECT_TRUE(one->write(work));
}

TEST_F(PostgresqlNodes, LetTheMoreSevereStandingWinAfterAnOutage) {
  {
    const auto one = node("one");
    postgresql->stop();
    ASSERT_TRUE(IncidentBook(*one).record(entry_of("anna", Level::kSlowed, 1)));
    ASSERT_TRUE(IncidentBook(*one).record(entry_of("bob", Level::kSuspended, 2)));
  }
  postgresql->start();
  const auto two = node("two");
  ASSERT_TRUE(IncidentBook(*two).record(entry_of("anna", Level::kSuspended, 11)));
  ASSERT_TRUE(IncidentBook(*two).record(entry_of("bob", Level::kHeld, 12)));
  const auto one = node("one");
  const IncidentBook book(*one);
  EXPECT_EQ((*book.standing_of(account("anna")))->standing.incident, IncidentId{11});
  EXPECT_EQ((*book.standing_of(account("bob")))->standing.incident, IncidentId{2});
  EXPECT_TRUE(book.get({1}));  // the story is told all the same
  EXPECT_THAT(*Outbox(*one).of_incident({1}), SizeIs(0));
  EXPECT_THAT(*Outbox(*one).of_incident({11}), SizeIs(1));
}

TEST_F(PostgresqlNodes, DoOnceWhatTwoOfThemDecidedSideBySide) {
  const auto one = node("one");
  const auto two = node("two");
  ASSERT_TRUE(IncidentBook(*one).record(entry_of("anna", Level::kHeld, 1)));
  ASSERT_TRUE(IncidentBook(*two).record(entry_of("anna", Level::kHeld, 2)));
  EXPECT_EQ((*IncidentBook(*two).standing_of(account("anna")))->standing.incident, IncidentId{1});
  EXPECT_THAT(*Outbox(*two).of_incident({1}), SizeIs(1));
  EXPECT_THAT(*Outbox(*two).of_incident({2}), SizeIs(0));
  // What was only observed had nothing done for it.
  StandingEntry observed = entry_of("bob", Level::kHeld, 3);
  observed.is_observed = true;
  ASSERT_TRUE(IncidentBook(*one).record(observed));
  StandingEntry enforced = entry_of("bob", Level::kHeld, 4);
  enforced.actions_after_observed = enforced.actions;
  ASSERT_TRUE(IncidentBook(*two).record(enforced));
  EXPECT_THAT(*Outbox(*two).of_incident({4}), SizeIs(1));
}

TEST_F(PostgresqlNodes, DoWhatAnEarlierStepCallsForThatIsToldLater) {
  const auto one = node("one");
  const auto two = node("two");
  StandingEntry held = entry_of("anna", Level::kHeld, 1);
  held.actions.clear();  // the step before it asked for them
  ASSERT_TRUE(IncidentBook(*two).record(held));
  ASSERT_TRUE(IncidentBook(*one).record(entry_of("anna", Level::kSlowed, 1)));
  EXPECT_EQ((*IncidentBook(*one).standing_of(account("anna")))->standing.level, Level::kHeld);
  EXPECT_THAT(*Outbox(*one).of_incident({1}), SizeIs(1));
}

// The commit of what `write` puts into the table takes longer than the node waits, and happens all the same.
class PostgresqlNodesInDoubt : public PostgresqlNodes {
 protected:
  void SetUp() override {
    PostgresqlNodes::SetUp();
    if (IsSkipped()) return;
    server.timeout = std::chrono::seconds{3};
    one = node("one");
    auto opened = open_postgresql(server);
    ASSERT_TRUE(opened);
    session = std::move(*opened);
  }
  void leave_in_doubt(const std::string& table, const std::function<void()>& write) {
    // No other time limit of the server's holds in a commit.
    *session << "CREATE FUNCTION tarry() RETURNS trigger LANGUAGE plpgsql SET lock_timeout = 0 AS"
                " 'BEGIN PERFORM pg_advisory_xact_lock(1); RETURN NULL; END'";
    *session << "CREATE CONSTRAINT TRIGGER tarries AFTER INSERT OR UPDATE ON " + table +
                    " DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION tarry()";
    *session << "SELECT pg_advisory_lock(1)";
    write();
    EXPECT_FALSE(is_up(*one));
    *session << "SELECT pg_advisory_unlock(1)";
    EXPECT_TRUE(comes_true([&] {
      try {
        *session << "DROP FUNCTION tarry CASCADE";
        return true;
      } catch (const std::exception&) {
        return false;  // the commit goes on
      }
    }));
    ASSERT_TRUE(becomes_up(*one));
  }
  [[nodiscard]] int number(const std::string& question) {
    int value = 0;
    first_row(*session, question, std::tie(value));
    return value;
  }

  std::unique_ptr<LedgerDatabase> one;
  std::unique_ptr<soci::session> session;
};

TEST_F(PostgresqlNodesInDoubt, CountOnceWhatTheServerMayHaveCounted) {
  HourlyCounts counts(*one);
  counts.add(account("anna"), kNoon, {.recipients = 3});
  leave_in_doubt("hourly_count", [&] { (void)counts.flush(); });
  ASSERT_TRUE(counts.flush());
  EXPECT_EQ(number("SELECT SUM(recipients) FROM hourly_count"), 3);
}

TEST_F(PostgresqlNodesInDoubt, KeepActivityOnce) {
  ActivityBook activity(*one);
  activity.add({.account = account("anna"),
                .time = kNoon,
                .kind = "login",
                .client = "192.0.2.7",
                .country = {},
                .recipients = 0,
                .action = "accept"});
  leave_in_doubt("activity", [&] { (void)activity.flush(); });
  ASSERT_TRUE(activity.flush());
  EXPECT_EQ(number("SELECT COUNT(*) FROM activity"), 1);
}

TEST_F(PostgresqlNodesInDoubt, CountCluesOnce) {
  ClueBook clues(*one);
  clues.add({1}, {ClueKind::kHelo, "ylmf-pc", {}}, {.first = kNoon, .last = kNoon, .times = 4});
  leave_in_doubt("incident_clue", [&] { (void)clues.flush(); });
  ASSERT_TRUE(clues.flush());
  EXPECT_EQ(number("SELECT SUM(times) FROM incident_clue"), 4);
}

TEST_F(PostgresqlNodesInDoubt, SayThatWhatTheyCouldNotKeepMayBeDone) {
  Result<void> written;
  leave_in_doubt("activity", [&] {
    written = one->write([](soci::session& s) -> Result<void> {
      s << "INSERT INTO activity (id, account, occurred, kind, client, country, recipients, action)"
           " VALUES (1, 'anna', 0, 'login', '', '', 0, 'accept')";
      return {};
    });
  });
  ASSERT_FALSE(written);
  EXPECT_EQ(written.error().code, ErrorCode::kUnavailable);
  EXPECT_THAT(written.error().detail, HasSubstr("may have done this all the same"));
  EXPECT_EQ(number("SELECT COUNT(*) FROM activity"), 1);
}

TEST_F(PostgresqlNodes, ForgetThoseThatWereSilentForAWeek) {
  node("one").reset();
  const auto session = open_postgresql(server);
  ASSERT_TRUE(session);
  for (const int days : {6, 8})
    **session << fmt::format(
        "INSERT INTO ledger_node (id, name, version, heartbeat, written, spooled, waiting) VALUES ('{0}', "
        "'gone {0}',"
        " '1', CAST(EXTRACT(EPOCH FROM now()) * 1000 AS BIGINT) - {0} * 86400000, 0, 0, 0)",
        days);
  const auto two = node("two");
  const auto names = [&] {
    std::set<std::string> found;
    const auto nodes = nodes_of(*two);
    for (const NodeRow& row : *nodes) found.insert(row.name);
    return found;
  };
  const std::set<std::string> expected{"one", "two", "gone 6"};
  EXPECT_TRUE(comes_true([&] { return names() == expected; }));
}

TEST_F(PostgresqlNodes, LearnWhatOthersSetAtOnce) {
  const auto one = node("one");
  const auto two = node("two");
  std::atomic<std::uint64_t> seen = 0;
  std::atomic<int> rules = 0;
  two->follow({.standings = [&](std::uint64_t version) -> Result<void> {
                 const auto rows = IncidentBook(*two).changed_since(version);
                 if (rows && !rows->empty()) seen = rows->back().standing.incident.value;
                 return {};
               },
               .rules = [&]() -> Result<void> {
                 ++rules;
                 return {};
               }});
  for (std::uint64_t incident = 1; incident <= 5; ++incident) {
    StandingEntry entry = entry_of("anna", Level::kHeld, incident);
    entry.author = "pat";
    ASSERT_TRUE(IncidentBook(*one).record(entry));
    EXPECT_TRUE(comes_true([&] { return seen == incident; }));
  }
  const int before = rules;
  ASSERT_TRUE(ListBook(*one).add({.list = ListName::kBlock,
                                  .value = "carl",
                                  .comment = "",
                                  .author = "pat",
                                  .created = kNoon,
                                  .expires = {}}));
  EXPECT_TRUE(comes_true([&] { return rules > before; }));
}

TEST_F(PostgresqlNodes, LearnWhomOthersForgot) {
  const auto one = node("one");
  const auto two = node("two");
  std::atomic<int> standings = 0;
  std::atomic<int> forgotten = 0;
  two->follow({.standings = [&](std::uint64_t) -> Result<void> {
                 ++standings;
                 return {};
               },
               .forgotten = [&](std::span<const AccountId> accounts) -> Result<void> {
                 forgotten += static_cast<int>(std::ranges::count(accounts, account("anna")));
                 return {};
               }});
  ASSERT_TRUE(IncidentBook(*one).record(entry_of("anna", Level::kHeld, 1)));
  ASSERT_TRUE(comes_true([&] { return standings > 0; }));
  ASSERT_TRUE(forget_account(*one, account("anna"), HashKey{}, kNoon));
  ASSERT_TRUE(AuditTrail(*one).add({.time = kNoon,
                                    .author = "pat",
                                    .from = "",
                                    .verb = std::string(kForgetVerb),
                                    .subject = account("anna").text(),
                                    .reason = "",
                                    .details = ""}));
  EXPECT_TRUE(comes_true([&] { return forgotten == 1; }));
  // The spool's copy follows, and after it what is told next.
  const int before = standings;
  ASSERT_TRUE(IncidentBook(*one).record(entry_of("bob", Level::kHeld, 2)));
  ASSERT_TRUE(comes_true([&] { return standings > before; }));
  postgresql->stop();
  EXPECT_TRUE(comes_true([&] {
    const auto copy = IncidentBook(*two).standing_of(account("anna"));
    return copy && !*copy;
  }));
  postgresql->start();
}

TEST_F(PostgresqlNodes, DoNotLetAWeakerChangeUndoWhatAnotherNodeDidAMomentBefore) {
  const auto one = node("one");
  const auto two = node("two");
  ASSERT_TRUE(IncidentBook(*one).record(entry_of("anna", Level::kSuspended, 1)));
  ASSERT_TRUE(IncidentBook(*two).record(entry_of("anna", Level::kSlowed, 2)));
  EXPECT_EQ((*IncidentBook(*two).standing_of(account("anna")))->standing.level, Level::kSuspended);
  StandingEntry released = entry_of("anna", Level::kClear, 1);
  released.author = "pat";
  ASSERT_TRUE(IncidentBook(*two).record(released));
  EXPECT_EQ((*IncidentBook(*one).standing_of(account("anna")))->standing.level, Level::kClear);
}

TEST_F(PostgresqlNodes, CarryOutAnActionOnOneOfThemOnly) {
  const auto one = node("one");
  const auto two = node("two");
  constexpr std::uint64_t kActions = 40;
  for (std::uint64_t i = 1; i <= kActions; ++i)
    ASSERT_TRUE(IncidentBook(*one).record(entry_of("account" + std::to_string(i), Level::kHeld, i)));
  std::mutex mutex;
  std::multiset<std::uint64_t> taken;
  const auto work = [&](LedgerDatabase& database) {
    Outbox outbox(database);
    while (true) {
      const auto row = outbox.take("notice", kNoon, std::chrono::minutes{1});
      if (!row || !*row) return;
      const std::scoped_lock lock(mutex);
      taken.insert((*row)->id);
    }
  };
  std::thread other([&] { work(*two); });
  work(*one);
  other.join();
  EXPECT_EQ(taken.size(), kActions);
  EXPECT_EQ(std::set(taken.begin(), taken.end()).size(), kActions);
}

// One of them did it while all were cut off, for longer than its lease.
TEST_F(PostgresqlNodes, DoNotRepeatAnActionThatOneOfThemEndedWhileTheServerWasAway) {
  const auto one = node("one");
  const auto two = node("two");
  ASSERT_TRUE(IncidentBook(*one).record(entry_of("anna", Level::kHeld, 1)));
  const auto taken = Outbox(*one).take("notice", kNoon, std::chrono::minutes{1});
  ASSERT_TRUE(taken && *taken);
  postgresql->stop();
  ASSERT_TRUE(Outbox(*one).done((*taken)->id, "told the owner", kNoon));
  EXPECT_FALSE(Outbox(*two).take("notice", kNoon + std::chrono::hours{1}, std::chrono::minutes{1}));
  postgresql->start();
  ASSERT_TRUE(becomes_up(*two));
  for (int i = 0; i < 50; ++i) {
    const auto again = Outbox(*two).take("notice", kNoon + std::chrono::hours{1}, std::chrono::minutes{1});
    ASSERT_TRUE(again);
    EXPECT_FALSE(*again);
    std::this_thread::sleep_for(std::chrono::milliseconds{20});
  }
  ASSERT_TRUE(becomes_up(*one));
  EXPECT_EQ(Outbox(*two).get((*taken)->id)->state, OutboxState::kDone);
}

TEST_F(PostgresqlNodes, TakeBackOnlyTheirOwnActionsAfterAStart) {
  auto one = node("one");
  const auto two = node("two");
  ASSERT_TRUE(IncidentBook(*one).record(entry_of("anna", Level::kHeld, 1)));
  ASSERT_TRUE(*Outbox(*one).take("notice", kNoon, std::chrono::minutes{1}));
  ASSERT_TRUE(Outbox(*two).take_back(kNoon));
  EXPECT_FALSE(*Outbox(*two).take("notice", kNoon, std::chrono::minutes{1}));
  one.reset();
  one = node("one");
  ASSERT_TRUE(Outbox(*one).take_back(kNoon));
  EXPECT_TRUE(*Outbox(*two).take("notice", kNoon, std::chrono::minutes{1}));
}

TEST_F(PostgresqlNodes, ShareOneDuty) {
  auto one = node("one");
  ASSERT_TRUE(comes_true([&] { return one->has_duty(); }));
  const auto two = node("two");
  std::this_thread::sleep_for(std::chrono::milliseconds{100});
  EXPECT_FALSE(two->has_duty());
  one.reset();
  EXPECT_TRUE(comes_true([&] { return two->has_duty(); }));
}

TEST_F(PostgresqlNodes, MakeTheTablesOnceWhenTheyStartTogether) {
  std::vector<std::thread> threads;
  std::atomic<int> up = 0;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&, i] {
      const auto one = node("node" + std::to_string(i));
      if (becomes_up(*one)) ++up;
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(up, 4);
}

TEST_F(PostgresqlNodes, WorkWithTablesOfANewerVersionThatOnlyAddsToThem) {
  node("one").reset();
  auto session = open_postgresql(server);
  ASSERT_TRUE(session);
  **session << "UPDATE ledger_schema SET version = version + 1";
  **session << "ALTER TABLE standing ADD COLUMN more BIGINT NOT NULL DEFAULT 0";
  **session << "ALTER TABLE list_entry ADD COLUMN is_more BOOLEAN NOT NULL DEFAULT false";
  {
    const auto one = node("one");
    std::atomic<int> standings = 0;
    std::atomic<int> rules = 0;
    const auto counting = [](std::atomic<int>& count) {
      ++count;
      return Result<void>{};
    };
    one->follow({.standings = [&](std::uint64_t) { return counting(standings); },
                 .rules = [&] { return counting(rules); }});
    EXPECT_TRUE(is_up(*one));
    EXPECT_TRUE(comes_true([&] { return rules > 0; }));
    const int before = rules;
    EXPECT_TRUE(IncidentBook(*one).record(entry_of("anna", Level::kHeld, 1)));
    EXPECT_TRUE(ListBook(*one).add({.list = ListName::kBlock,
                                    .value = "carl",
                                    .comment = "",
                                    .author = "pat",
                                    .created = kNoon,
                                    .expires = {}}));
    EXPECT_TRUE(comes_true([&] { return standings > 0 && rules > before; }));
    one->stop_following();
  }
  **session << "UPDATE ledger_schema SET oldest_reader = version";
  const auto refused = LedgerDatabase::open({.path = folder.file("one"), .server = server});
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::kCorrupt);
  EXPECT_THAT(refused.error().detail, HasSubstr("newer Postreeve"));
}

TEST(PostgresqlConnection, SaysWhatIsWrongWithIt) {
  EXPECT_TRUE(check_connection("postgresql://postreeve@db.example/ledger?sslmode=verify-full"));
  EXPECT_TRUE(check_connection("host=/run/postgresql dbname=ledger"));
  EXPECT_THAT(check_connection("hots=x").error().detail, HasSubstr("hots"));
  EXPECT_THAT(check_connection("postgresql://u:secret@h/d").error().detail, HasSubstr("file"));
  EXPECT_FALSE(check_connection("state.db"));
}

TEST(PostgresqlConnection, IsNotThereWithoutAServer) {
  const LedgerFolder folder;
  const auto opened =
      open_postgresql({.connection = "host=" + folder.file("") + " dbname=x user=y", .password_file = {}});
  ASSERT_FALSE(opened);
  EXPECT_EQ(opened.error().code, ErrorCode::kUnavailable);
  const auto secret = open_postgresql({.connection = "host=/nowhere", .password_file = folder.file("none")});
  EXPECT_THAT(secret.error().detail, HasSubstr("password file"));
}

}  // namespace
}  // namespace postreeve
