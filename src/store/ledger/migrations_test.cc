#include "store/ledger/migrations.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "store/ledger/ledger_testing.h"
#include "store/ledger/list_book.h"
#include "store/ledger/sql.h"
#include "store/ledger/sqlite_session.h"

namespace postreeve {
namespace {

using ::testing::HasSubstr;
using ::testing::SizeIs;

// A file as version `version` made it, with an entry of a list in it.
void make_file(const std::string& file, std::uint32_t version) {
  ASSERT_TRUE(make_private_file(file));
  auto session = open_sqlite({.path = file});
  ASSERT_TRUE(session);
  **session << "BEGIN";
  ASSERT_TRUE(migrate(**session, SqlDialect::kSqlite, version));
  if (version > 0) {
    **session << "INSERT INTO list_entry (list, value, comment, author, created, expires)"
                 " VALUES ('block', 'bob', '', 'pat', 1, 0)";
  }
  **session << "COMMIT";
}

TEST(LedgerMigrations, BringEveryOlderVersionUpToDate) {
  for (std::uint32_t version = 0; version <= ledger_version(); ++version) {
    const LedgerFolder folder;
    const std::string file = folder.file("ledger.db");
    make_file(file, version);
    const auto database = LedgerDatabase::open({.path = file});
    ASSERT_TRUE(database) << version << ": " << database.error().detail;
    EXPECT_THAT(*ListBook(**database).entries({}, kNoon), SizeIs(version == 0 ? 0 : 1)) << version;
    const auto read = (*database)->read([](soci::session& session) -> Result<void> {
      EXPECT_EQ(stored_version(session, SqlDialect::kSqlite), ledger_version());
      for (const std::string_view table : ledger_tables()) {
        long long count = 0;
        first_row(session, "SELECT COUNT(*) FROM " + std::string(table), std::tie(count));
      }
      return {};
    });
    EXPECT_TRUE(read) << version;
  }
}

TEST(LedgerMigrations, LeaveOthersTablesAlone) {
  const LedgerFolder folder;
  const std::string file = folder.file("ledger.db");
  {
    ASSERT_TRUE(make_private_file(file));
    auto session = open_sqlite({.path = file});
    **session << "CREATE TABLE account_record (account BLOB PRIMARY KEY)";
  }
  EXPECT_TRUE(LedgerDatabase::open({.path = file}));
  auto session = open_sqlite({.path = file});
  long long count = -1;
  first_row(**session, "SELECT COUNT(*) FROM account_record", std::tie(count));
  EXPECT_EQ(count, 0);
}

TEST(LedgerMigrations, RefuseANewerVersionsFile) {
  const LedgerFolder folder;
  const std::string file = folder.file("ledger.db");
  make_file(file, ledger_version());
  {
    auto session = open_sqlite({.path = file});
    **session << "UPDATE ledger_schema SET version = version + 1, oldest_reader = version + 1";
  }
  const auto opened = LedgerDatabase::open({.path = file});
  ASSERT_FALSE(opened);
  EXPECT_EQ(opened.error().code, ErrorCode::kCorrupt);
  EXPECT_THAT(opened.error().detail, HasSubstr("newer Postreeve"));
}

TEST(LedgerMigrations, UndoAStepThatFails) {
  const LedgerFolder folder;
  const std::string file = folder.file("ledger.db");
  {
    ASSERT_TRUE(make_private_file(file));
    auto session = open_sqlite({.path = file});
    **session << "CREATE TABLE audit (other BIGINT)";  // stands in the way of a step
  }
  EXPECT_FALSE(LedgerDatabase::open({.path = file}));
  auto session = open_sqlite({.path = file});
  EXPECT_EQ(stored_version(**session, SqlDialect::kSqlite), 0U);
}

}  // namespace
}  // namespace postreeve
