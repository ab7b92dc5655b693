// kill -9 at random moments, of whoever writes and of the server: what was acknowledged is there afterwards,
// once.
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <cstdlib>
#include <functional>
#include <random>
#include <thread>
#include <unordered_set>

#include <gtest/gtest.h>

#include "store/ledger/incident_book.h"
#include "store/ledger/ledger_testing.h"
#include "store/ledger/list_book.h"
#include "store/ledger/sql.h"

namespace postreeve {
namespace {

int rounds() {
  // Read before any thread is started.
  const char* const wanted = std::getenv("POSTREEVE_CRASH_ROUNDS");  // NOLINT(concurrency-mt-unsafe)
  return wanted != nullptr ? std::max(1, std::atoi(wanted)) : 20;
}

AccountId account_number(std::uint64_t number) {
  return account("a" + std::to_string(number) + "@x.example");
}

StandingEntry entry_number(std::uint64_t number) {
  StandingEntry entry = standing_entry(Level::kSuspended, number);
  entry.account = account_number(number);
  entry.evidence = {{.detector = "volume", .group = "volume", .nats = 2, .says = "many messages"},
                    {.detector = "content", .group = "content", .nats = 3, .says = "a thief's text"}};
  entry.actions = {{.kind = "notice", .payload = R"({"to":"owner"})", .not_before = kNoon}};
  return entry;
}

// Records from `number` on until it is killed; writes each number into the pipe when it is on the disk.
[[noreturn]] void record_until_killed(const LedgerOptions& options, int pipe, std::uint64_t number) {
  auto database = LedgerDatabase::open(options);
  if (!database) ::_exit(1);
  IncidentBook book(**database);
  ListBook lists(**database);
  const auto acknowledge = [&](std::uint64_t n) {
    if (::write(pipe, &n, sizeof n) != sizeof n) ::_exit(1);
  };
  std::thread([&, first = number + 500'000] {
    for (std::uint64_t n = first;; ++n) {
      const auto added = lists.add({.list = ListName::kBlock,
                                    .value = account_number(n).text(),
                                    .comment = "",
                                    .author = "pat",
                                    .created = kNoon,
                                    .expires = {}});
      if (added) acknowledge(n);
    }
  }).detach();
  while (true) {
    while ((*database)->waiting() > 30) std::this_thread::sleep_for(std::chrono::microseconds(100));
    book.record(entry_number(number), [&, number](const Result<void>& outcome) {
      if (outcome) acknowledge(number);
    });
    ++number;
  }
}

std::vector<std::uint64_t> acknowledged_until_killed(const LedgerOptions& options, std::uint64_t first,
                                                     const std::function<void()>& live) {
  int ends[2];
  EXPECT_EQ(::pipe(ends), 0);
  const ::pid_t child = ::fork();
  if (child == 0) {
    ::close(ends[0]);
    record_until_killed(options, ends[1], first);
  }
  ::close(ends[1]);
  std::vector<std::uint64_t> acknowledged;
  std::uint64_t number = 0;
  // Its life begins with its first acknowledgement: opening is no random moment worth waiting for.
  if (::read(ends[0], &number, sizeof number) == sizeof number) acknowledged.push_back(number);
  live();
  ::kill(child, SIGKILL);
  while (::read(ends[0], &number, sizeof number) == sizeof number) acknowledged.push_back(number);
  ::close(ends[0]);
  ::waitpid(child, nullptr, 0);
  return acknowledged;
}

void expect_whole(const IncidentBook& book, const Outbox& outbox, std::uint64_t number) {
  const auto standing = book.standing_of(account_number(number));
  ASSERT_TRUE(standing && *standing) << number;
  EXPECT_EQ((*standing)->standing, entry_number(number).change.after);
  EXPECT_TRUE(book.get({number})) << number;
  EXPECT_EQ(book.timeline({number})->size(), 3U) << number;
  EXPECT_EQ(outbox.of_incident({number})->size(), 1U) << number;
}

void expect_all(LedgerDatabase& database, const std::vector<std::uint64_t>& acknowledged) {
  const IncidentBook book(database);
  const Outbox outbox(database);
  const auto entries = ListBook(database).entries(ListName::kBlock, kNoon);
  ASSERT_TRUE(entries);
  std::unordered_set<std::string> listed;
  for (const ListEntry& entry : *entries) listed.insert(entry.value);
  for (const std::uint64_t number : acknowledged) {
    if (number % 1'000'000 < 500'000) {
      expect_whole(book, outbox, number);
    } else {
      EXPECT_TRUE(listed.contains(account_number(number).text())) << number;
    }
  }
  // What was not acknowledged is there whole or not at all.
  IncidentQuery latest;
  latest.most = 50;
  for (const auto rows = *book.find(latest); const IncidentRow& row : rows) {
    expect_whole(book, outbox, row.id.value);
  }
}

TEST(LedgerAfterAKill, HasEverythingThatWasAcknowledged) {
  const LedgerFolder folder;
  const std::string file = folder.file("ledger.db");
  std::mt19937_64 random{std::random_device{}()};
  std::size_t seen = 0;
  for (int round = 0; round < rounds(); ++round) {
    const std::uint64_t first = 1 + static_cast<std::uint64_t>(round) * 1'000'000;
    const auto life = std::chrono::microseconds(random() % 40'000);
    const auto acknowledged =
        acknowledged_until_killed({.path = file}, first, [&] { std::this_thread::sleep_for(life); });
    ASSERT_FALSE(acknowledged.empty());
    seen += acknowledged.size();

    auto database = LedgerDatabase::open({.path = file});
    ASSERT_TRUE(database) << database.error().detail;
    expect_all(**database, acknowledged);
  }
  RecordProperty("acknowledged", static_cast<int>(seen));
}

// The server is killed or stops answering while a node writes, comes back or not, and the node is killed.
TEST(PostgresqlAfterAKill, HasEverythingThatWasAcknowledgedOnce) {
  if (!PrivatePostgresql::is_installed())
    GTEST_SKIP() << "PostgreSQL is not installed (apt-get install postgresql)";
  PrivatePostgresql postgresql;
  const LedgerFolder folder;
  PostgresqlServer server = postgresql.new_ledger();
  server.timeout = std::chrono::milliseconds{500};
  const LedgerOptions options{.path = folder.file("spool.db"), .server = server};
  std::mt19937_64 random{std::random_device{}()};
  const auto sleep = [&](unsigned most) {
    std::this_thread::sleep_for(std::chrono::milliseconds(random() % most));
  };
  for (int round = 0; round < std::max(4, rounds() / 4); ++round) {
    const std::uint64_t first = 1 + static_cast<std::uint64_t>(round) * 1'000'000;
    bool is_running = true;
    const auto acknowledged = acknowledged_until_killed(options, first, [&] {
      sleep(100);
      if (round % 3 == 0) {
        postgresql.kill();
        is_running = false;
      } else if (round % 3 == 1) {
        postgresql.pause();
      } else {
        postgresql.stop();
        is_running = false;
      }
      sleep(900);
      if (random() % 2 == 0) return;  // the node is killed with its server away
      if (!is_running) postgresql.start();
      postgresql.resume();
      is_running = true;
      sleep(1'500);
    });
    postgresql.resume();
    if (!is_running) postgresql.start();
    ASSERT_FALSE(acknowledged.empty());
    // What the killed node had begun on the server is ended there first.
    LedgerOptions patient = options;
    patient.server.timeout = std::chrono::seconds{10};
    auto database = LedgerDatabase::open(patient);
    ASSERT_TRUE(database) << database.error().detail;
    ASSERT_TRUE((*database)->health().is_up) << (*database)->health().trouble;
    EXPECT_EQ((*database)->health().dropped, 0U);
    expect_all(**database, acknowledged);
    if (HasFailure()) return;
  }
}

}  // namespace
}  // namespace postreeve
