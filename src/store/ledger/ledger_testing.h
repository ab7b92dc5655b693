// A fresh ledger for a test, and values to put in it.
#pragma once

#include <stdlib.h>

#include <memory>
#include <string>
#include <string_view>

#include <gtest/gtest.h>

#include "base/temporary_folder.h"
#include "base/time.h"
#include "finding/incident.h"
#include "mail/account_id.h"
#include "store/ledger/database.h"
#include "store/ledger/incident_book.h"
#include "store/ledger/postgresql_testing.h"

namespace postreeve {

inline const Timestamp kNoon = *parse_rfc3339("2026-03-02T12:00:00Z");

// A ledger's files, which go with the object.
class LedgerFolder {
 public:
  [[nodiscard]] std::string file(std::string_view name) const { return (folder_.path() / name).string(); }

 private:
  TemporaryFolder folder_{"ledger"};
};

enum class LedgerKind : std::uint8_t { kSqlite, kPostgresql };

class LedgerTest : public ::testing::Test {
 protected:
  explicit LedgerTest(LedgerKind wanted = LedgerKind::kSqlite) : kind(wanted) {
    if (kind == LedgerKind::kPostgresql && !PrivatePostgresql::is_installed()) return;
    if (kind == LedgerKind::kPostgresql) server = PrivatePostgresql::shared().new_ledger();
    reopen();
  }
  void SetUp() override {
    if (!database) GTEST_SKIP() << "PostgreSQL is not installed (apt-get install postgresql)";
  }

  void reopen(LedgerOptions options = {}) {
    database.reset();
    options.path = folder.file("ledger.db");
    options.server = server;
    auto opened = LedgerDatabase::open(options);
    if (!opened) throw std::runtime_error(opened.error().detail);
    database = std::move(*opened);
  }

  LedgerKind kind;
  LedgerFolder folder;
  PostgresqlServer server;
  std::unique_ptr<LedgerDatabase> database;
};

// The same tests on both.
class LedgerOnBoth : public LedgerTest, public ::testing::WithParamInterface<LedgerKind> {
 protected:
  LedgerOnBoth() : LedgerTest(GetParam()) {}
};

inline std::string name_of_kind(const ::testing::TestParamInfo<LedgerKind>& info) {
  return info.param == LedgerKind::kSqlite ? "Sqlite" : "Postgresql";
}

// Behind the tests of a suite.
#define POSTREEVE_ON_BOTH(Suite)                                                                       \
  INSTANTIATE_TEST_SUITE_P(On, Suite, ::testing::Values(LedgerKind::kSqlite, LedgerKind::kPostgresql), \
                           name_of_kind)

inline AccountId account(std::string_view login) {
  return *AccountId::from_login(login, "");
}

// anna's standing becomes `level` at `time` in incident `incident`.
inline StandingEntry standing_entry(Level level, std::uint64_t incident, Timestamp time = kNoon) {
  StandingEntry entry;
  entry.account = account("anna@shop.example");
  entry.key = {.low = 7, .high = 9};
  entry.tenant = "shop.example";
  entry.change.time = time;
  entry.change.after = {.since = to_seconds32(time),
                        .until = to_seconds32(time + std::chrono::hours{2}),
                        .incident = {incident},
                        .level = level,
                        .scope = Scope::kUnfamiliarOrigins};
  entry.change.outgo = {.messages = 2, .recipients = 3, .since = to_seconds32(time)};
  entry.risk = 1.5;
  entry.client = "192.0.2.7";
  entry.author = "postreeve";
  return entry;
}

}  // namespace postreeve
