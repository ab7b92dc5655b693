#include "store/ledger/database.h"

#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <fstream>
#include <future>
#include <thread>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "store/ledger/ledger_testing.h"
#include "store/ledger/list_book.h"
#include "store/ledger/sql.h"
#include "store/ledger/sqlite_session.h"

namespace postreeve {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::SizeIs;

class LedgerDatabaseTest : public LedgerOnBoth {
 protected:
  // A write that notes `name`.
  static LedgerDatabase::Work note(std::string name) {
    return [name = std::move(name)](soci::session& session) -> Result<void> {
      execute(session, "INSERT INTO ledger_number (name, value) VALUES (:name, 1)", name);
      return {};
    };
  }
  [[nodiscard]] std::vector<std::string> notes() const {
    std::vector<std::string> names;
    std::string name;
    const auto read = database->read([&](soci::session& session) {
      return each_row(session, "SELECT name FROM ledger_number ORDER BY name", std::tie(name),
                      [&]() -> Result<void> {
                        names.push_back(name);
                        return {};
                      });
    });
    EXPECT_TRUE(read);
    return names;
  }
  // Holds the ledger's thread up until the promise is kept, so that what follows is one group.
  void hold_up(std::promise<void>& released) {
    auto holding = std::make_shared<std::promise<void>>();
    auto held = holding->get_future();
    database->write(
        [&released, holding](soci::session&) -> Result<void> {
          holding->set_value();
          released.get_future().wait();
          return {};
        },
        [](const Result<void>&) {});
    held.wait();
  }
};

// What is a file's only.
class LedgerFileTest : public LedgerDatabaseTest {};

TEST_P(LedgerDatabaseTest, KeepsWhatWasWrittenOverARestart) {
  ASSERT_TRUE(database->write(note("a")));
  reopen();
  EXPECT_THAT(notes(), ElementsAre("a"));
}

TEST_P(LedgerDatabaseTest, UndoesOnlyTheWriteThatFails) {
  std::promise<void> released;
  hold_up(released);
  std::vector<std::string> ended;
  const auto write = [&](const std::string& name, LedgerDatabase::Work work) {
    database->write(std::move(work), [&ended, name](const Result<void>& outcome) {
      ended.push_back(name + (outcome ? " done" : " failed"));
    });
  };
  write("a", note("a"));
  write("b", [&](soci::session& session) -> Result<void> {
    if (auto written = note("b")(session); !written) return written;
    return fail(ErrorCode::kInvalidInput, "no");
  });
  write("c", [&](soci::session& session) -> Result<void> {
    if (auto written = note("c")(session); !written) return written;
    throw std::runtime_error("no");
  });
  write("again a", note("a"));
  write("d", note("d"));
  released.set_value();
  database.reset();
  EXPECT_THAT(ended, ElementsAre("a done", "b failed", "c failed", "again a failed", "d done"));
  reopen();
  EXPECT_THAT(notes(), ElementsAre("a", "d"));
}

TEST_P(LedgerDatabaseTest, CarriesOutTheOthersWhenAWriteBringsTheTransactionDown) {
  std::promise<void> released;
  hold_up(released);
  database->write(note("a"), [](const Result<void>& outcome) { EXPECT_TRUE(outcome); });
  // What SQLite does by itself on a full disk.
  database->write(
      [](soci::session& session) -> Result<void> {
        session << "ROLLBACK";
        return {};
      },
      [](const Result<void>& outcome) { EXPECT_FALSE(outcome); });
  database->write(note("b"), [](const Result<void>& outcome) { EXPECT_TRUE(outcome); });
  released.set_value();
  reopen();
  EXPECT_THAT(notes(), ElementsAre("a", "b"));
}

TEST_P(LedgerDatabaseTest, RefusesMoreThanMayWait) {
  reopen({.path = {}, .most_waiting = 3});
  std::promise<void> released;
  hold_up(released);
  int done = 0;
  std::vector<ErrorCode> refused;
  for (int i = 0; i < 5; ++i) {
    database->write(note(std::to_string(i)), [&](const Result<void>& outcome) {
      if (outcome) {
        ++done;
      } else {
        refused.push_back(outcome.error().code);
      }
    });
  }
  EXPECT_EQ(database->waiting(), 3U);
  EXPECT_THAT(refused,
              ElementsAre(ErrorCode::kLimitExceeded, ErrorCode::kLimitExceeded, ErrorCode::kLimitExceeded));
  released.set_value();
  database.reset();
  EXPECT_EQ(done, 2);
}

TEST_P(LedgerDatabaseTest, DoesNotWaitForItselfOnItsOwnThread) {
  std::promise<ErrorCode> code;
  database->write(note("a"),
                  [&](const Result<void>&) { code.set_value(database->write(note("b")).error().code); });
  EXPECT_EQ(code.get_future().get(), ErrorCode::kConflict);
}

TEST_P(LedgerFileTest, WaitsForALockOfAnotherConnection) {
  auto other = open_sqlite({.path = folder.file("ledger.db")});
  ASSERT_TRUE(other);
  **other << "BEGIN IMMEDIATE";
  auto written = std::async(std::launch::async, [&] { return database->write(note("a")); });
  std::this_thread::sleep_for(std::chrono::milliseconds(150));
  EXPECT_THAT(notes(), ElementsAre());  // readers are not held up
  **other << "COMMIT";
  EXPECT_TRUE(written.get());
}

TEST_P(LedgerDatabaseTest, ReadsOneMoment) {
  ASSERT_TRUE(database->write(note("a")));
  const auto read = database->read([&](soci::session& session) -> Result<void> {
    long long before = 0;
    long long after = 0;
    first_row(session, "SELECT COUNT(*) FROM ledger_number", std::tie(before));
    EXPECT_TRUE(database->write(note("b")));
    first_row(session, "SELECT COUNT(*) FROM ledger_number", std::tie(after));
    EXPECT_EQ(before, after);
    return {};
  });
  EXPECT_TRUE(read);
}

TEST_P(LedgerDatabaseTest, ReadsGoOnAfterOneThatFailed) {
  for (int i = 0; i < 10; ++i) {
    const auto read = database->read([](soci::session& session) -> Result<void> {
      session << "SELECT nothing FROM nowhere";
      return {};
    });
    EXPECT_EQ(read.error().code, ErrorCode::kUnavailable);
  }
  EXPECT_TRUE(database->write(note("a")));
  EXPECT_THAT(notes(), ElementsAre("a"));
}

TEST_P(LedgerDatabaseTest, ReadersCannotWrite) {
  EXPECT_FALSE(database->read([&](soci::session& session) { return note("a")(session); }));
  EXPECT_THAT(notes(), ElementsAre());
}

TEST_P(LedgerDatabaseTest, ServesManyThreads) {
  std::vector<std::thread> threads;
  threads.reserve(4);
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&, t] {
      for (int i = 0; i < 25; ++i) {
        EXPECT_TRUE(database->write(note(std::to_string(t) + "-" + std::to_string(i))));
        if (i % 5 == 0) {
          EXPECT_FALSE(notes().empty());
        }
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_THAT(notes(), SizeIs(100));
}

TEST_P(LedgerFileTest, CopiesItselfWhileItWorks) {
  ASSERT_TRUE(database->write(note("a")));
  std::atomic<bool> stop = false;
  std::thread writer([&] {
    for (int i = 0; !stop; ++i) EXPECT_TRUE(database->write(note("more " + std::to_string(i))));
  });
  const std::string copy = folder.file("copy.db");
  EXPECT_TRUE(database->backup(copy));
  stop = true;
  writer.join();
  struct ::stat status{};
  ASSERT_EQ(::stat(copy.c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777U, 0600U);
  EXPECT_EQ(database->backup(copy).error().code, ErrorCode::kConflict);
  EXPECT_EQ(database->backup(folder.file("no/folder")).error().code, ErrorCode::kUnavailable);
  const auto opened = LedgerDatabase::open({.path = copy});
  ASSERT_TRUE(opened);
  EXPECT_TRUE((*opened)->write([](soci::session& session) -> Result<void> {
    execute(session, "UPDATE ledger_number SET value = 2 WHERE name = 'a'");
    return {};
  }));
}

TEST_P(LedgerFileTest, IsPrivateAndLeavesNoLogBehind) {
  ASSERT_TRUE(database->write(note("a")));
  struct ::stat status{};
  ASSERT_EQ(::stat(folder.file("ledger.db").c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777U, 0600U);
  EXPECT_TRUE(was_left_open(folder.file("ledger.db")));
  database.reset();
  EXPECT_FALSE(was_left_open(folder.file("ledger.db")));
}

TEST_P(LedgerFileTest, RefusesWhatIsNoLedger) {
  const std::string file = folder.file("other.db");
  std::ofstream(file) << std::string(10'000, 'x');
  const auto opened = LedgerDatabase::open({.path = file});
  ASSERT_FALSE(opened);
  EXPECT_EQ(opened.error().code, ErrorCode::kCorrupt);
  EXPECT_THAT(opened.error().detail, HasSubstr(file));

  const std::string foreign = folder.file("foreign.db");
  {
    ASSERT_TRUE(make_private_file(foreign));
    auto session = open_sqlite({.path = foreign});
    **session << "PRAGMA application_id = 7";
  }
  EXPECT_EQ(LedgerDatabase::open({.path = foreign}).error().code, ErrorCode::kCorrupt);
  EXPECT_EQ(LedgerDatabase::open({.path = folder.file("no/folder")}).error().code, ErrorCode::kUnavailable);
  EXPECT_EQ(LedgerDatabase::open({.path = folder.file("a\"b")}).error().code, ErrorCode::kInvalidInput);
}

TEST_P(LedgerFileTest, FindsDamageAfterACrash) {
  ASSERT_TRUE(database->write([](soci::session& session) -> Result<void> {
    for (int i = 0; i < 200; ++i) {
      if (auto noted = note(std::string(1'000, 'n') + std::to_string(i))(session); !noted) return noted;
    }
    return {};
  }));
  database.reset();
  const std::string file = folder.file("ledger.db");
  {
    std::fstream damaged(file, std::ios::in | std::ios::out | std::ios::binary);
    damaged.seekp(0, std::ios::end);
    const auto size = damaged.tellp();
    damaged.seekp(size / 2);
    damaged << std::string(static_cast<std::size_t>(size / 4), 'x');
  }
  std::ofstream(file + "-wal") << "left by somebody who was killed";
  const auto opened = LedgerDatabase::open({.path = file});
  ASSERT_FALSE(opened);
  EXPECT_EQ(opened.error().code, ErrorCode::kCorrupt);
}

TEST_P(LedgerFileTest, GoesOnWhenAFullDiskHasRoomAgain) {
  reopen({.path = {}, .most_pages = 120});
  ListBook lists(*database);
  std::vector<std::string> written;
  Result<void> outcome;
  for (int i = 0; outcome && i < 1'000; ++i) {
    const std::string value = "account" + std::to_string(i);
    outcome = lists.add({.list = ListName::kBlock,
                         .value = value,
                         .comment = std::string(3'000, 'c'),
                         .author = "pat",
                         .created = kNoon,
                         .expires = {}});
    if (outcome) written.push_back(value);
  }
  ASSERT_FALSE(outcome);
  EXPECT_EQ(outcome.error().code, ErrorCode::kUnavailable);
  EXPECT_THAT(outcome.error().detail, HasSubstr("full"));
  EXPECT_THAT(*lists.entries({}, kNoon), SizeIs(written.size()));

  for (int i = 0; i < 10; ++i)
    ASSERT_TRUE(lists.remove(ListName::kBlock, written[static_cast<std::size_t>(i)]));
  EXPECT_TRUE(database->write(note("room again")));
  reopen();
  EXPECT_THAT(*ListBook(*database).entries({}, kNoon), SizeIs(written.size() - 10));
}

// In a process of its own, whose files may not grow: true when what was refused works once they may.
bool survives_refused_writes(const std::string& file) {
  std::signal(SIGXFSZ, SIG_IGN);
  auto database = LedgerDatabase::open({.path = file});
  if (!database) return false;
  IncidentBook book(**database);
  if (!book.record(standing_entry(Level::kSlowed, 1))) return false;
  struct ::rlimit limit{};
  ::getrlimit(RLIMIT_FSIZE, &limit);
  limit.rlim_cur = 512UL * 1024;
  ::setrlimit(RLIMIT_FSIZE, &limit);
  std::uint64_t recorded = 1;
  Result<void> outcome;
  for (std::uint64_t i = 2; outcome && i < 10'000; ++i) {
    StandingEntry entry = standing_entry(Level::kHeld, i, kNoon + Duration{i});
    entry.reason = std::string(3'000, 'r');
    outcome = book.record(std::move(entry));
    if (outcome) recorded = i;
  }
  if (outcome || outcome.error().code != ErrorCode::kUnavailable) return false;
  limit.rlim_cur = limit.rlim_max;
  ::setrlimit(RLIMIT_FSIZE, &limit);
  if (!book.record(standing_entry(Level::kSuspended, 20'000, kNoon + std::chrono::hours{1}))) return false;
  IncidentQuery all;
  all.most = 20'000;
  const auto incidents = book.find(all);
  const auto standings = book.standings();
  return incidents && incidents->size() == recorded + 1 && standings && standings->size() == 1 &&
         standings->front().standing.level == Level::kSuspended;
}

TEST(LedgerOnAFullDisk, GoesOnInTheSameProcessWhenFilesMayGrowAgain) {
  const LedgerFolder folder;
  const ::pid_t child = ::fork();
  if (child == 0) ::_exit(survives_refused_writes(folder.file("ledger.db")) ? 0 : 1);
  int status = 0;
  ASSERT_EQ(::waitpid(child, &status, 0), child);
  EXPECT_EQ(status, 0);
  EXPECT_TRUE(LedgerDatabase::open({.path = folder.file("ledger.db")}));
}

TEST_F(LedgerTest, ReadsNoMoreRowsThanAreWanted) {
  std::vector<int> numbers;
  const auto read = database->read([&](soci::session& session) {
    int number = 0;
    return each_row(session,
                    "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT i FROM n",
                    std::tie(number), [&]() -> Result<Rows> {
                      numbers.push_back(number);
                      return number < 3 ? Rows::kMore : Rows::kEnough;
                    });
  });
  EXPECT_TRUE(read);
  EXPECT_THAT(numbers, ElementsAre(1, 2, 3));
}

POSTREEVE_ON_BOTH(LedgerDatabaseTest);
INSTANTIATE_TEST_SUITE_P(On, LedgerFileTest, ::testing::Values(LedgerKind::kSqlite), name_of_kind);

}  // namespace
}  // namespace postreeve
