#include "store/ledger/ledger_copy.h"

#include <filesystem>
#include <fstream>
#include <future>
#include <stdexcept>
#include <thread>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "store/ledger/answer_book.h"
#include "store/ledger/audit_trail.h"
#include "store/ledger/hourly_counts.h"
#include "store/ledger/ledger_testing.h"
#include "store/ledger/list_book.h"
#include "store/ledger/node_book.h"

namespace postreeve {
namespace {

using ::testing::SizeIs;

// The parameter says where the copy goes; it comes from the other.
class CopyWithPostgresql : public LedgerOnBoth {
 protected:
  void SetUp() override {
    LedgerOnBoth::SetUp();
    if (IsSkipped() || !PrivatePostgresql::is_installed()) return;
    LedgerOptions options{.path = folder.file("from.db")};
    if (kind == LedgerKind::kSqlite) options.server = PrivatePostgresql::shared().new_ledger();
    from = std::move(*LedgerDatabase::open(options));
    IncidentBook book(*from);
    for (std::uint64_t i = 1; i <= 510; ++i) {
      StandingEntry entry = standing_entry(Level::kHeld, i, kNoon + Duration{static_cast<long long>(i)});
      entry.account = account("account" + std::to_string(i));
      entry.risk = 1.0 / static_cast<double>(i);
      entry.actions = {{.kind = "notice", .payload = "{}", .not_before = kNoon}};
      book.record(std::move(entry), [](const Result<void>& recorded) { EXPECT_TRUE(recorded); });
    }
    EXPECT_TRUE(ListBook(*from).add({.list = ListName::kBlock,
                                     .value = "carl",
                                     .comment = "ü",
                                     .author = "pat",
                                     .created = kNoon,
                                     .expires = {}}));
    EXPECT_TRUE(AuditTrail(*from).add({.time = kNoon,
                                       .author = "pat",
                                       .from = "",
                                       .verb = "mode",
                                       .subject = "enforce",
                                       .reason = "",
                                       .details = ""}));
    HourlyCounts counts(*from);
    for (int i = 0; i < 1'200; ++i)
      counts.add(account("a" + std::to_string(i % 40)), kNoon + std::chrono::hours{i / 40},
                 {.recipients = 2});
    EXPECT_TRUE(counts.flush());
    std::promise<bool> kept;
    AnswerBook(*from).keep(answer, [&](const Result<void>& done) { kept.set_value(done.has_value()); });
    EXPECT_TRUE(kept.get_future().get());
  }
  void expect_all() const {
    const IncidentBook there(*database);
    EXPECT_THAT(*there.standings(), SizeIs(510));
    EXPECT_EQ(there.get({3})->risk, 1.0 / 3);
    EXPECT_THAT(*there.timeline({510}), SizeIs(1));
    EXPECT_EQ(*Outbox(*database).unfinished(), 510U);
    EXPECT_THAT(*ListBook(*database).entries({}, kNoon), SizeIs(1));
    EXPECT_THAT(*AuditTrail(*database).find({}), SizeIs(1));
    EXPECT_EQ(*AnswerBook(*database).find("webmail", "batch 7"), answer);
    const auto counted = count_ledger(*database);
    ASSERT_TRUE(counted) << counted.error().detail;
    EXPECT_EQ(*counted, *count_ledger(*from));
    EXPECT_THAT(*counted, ::testing::Contains(TableCount{"hourly_count", 1'200}));
  }

  const GivenAnswer answer{
      .asker = "webmail", .key = "batch 7", .digest = "0011", .status = 202, .body = "{}", .given = kNoon};
  std::unique_ptr<LedgerDatabase> from;
};

TEST_P(CopyWithPostgresql, HasEverythingAndGoesOnCounting) {
  if (!from) GTEST_SKIP() << "PostgreSQL is not installed (apt-get install postgresql)";
  ASSERT_TRUE(copy_ledger(*from, *database, {}));
  expect_all();
  EXPECT_TRUE(IncidentBook(*database).record(standing_entry(Level::kSuspended, 1'000)));
  EXPECT_EQ(*Outbox(*database).unfinished(), 510U);
}

TEST_P(CopyWithPostgresql, GoesOnWhereItBrokeOff) {
  if (!from) GTEST_SKIP() << "PostgreSQL is not installed (apt-get install postgresql)";
  const auto break_off = [](std::string_view table, std::uint64_t) {
    if (table == "timeline") throw std::runtime_error("killed");
  };
  EXPECT_THROW((void)copy_ledger(*from, *database, break_off), std::runtime_error);
  std::vector<std::uint64_t> parts;
  const auto note = [&](std::string_view table, std::uint64_t rows) {
    if (table == "timeline") parts.push_back(rows);
  };
  ASSERT_TRUE(copy_ledger(*from, *database, note));
  EXPECT_THAT(parts, ::testing::ElementsAre(510U));
  expect_all();
}

TEST_P(CopyWithPostgresql, GoesOnWhereItBrokeOffInTheMiddleOfATable) {
  if (!from) GTEST_SKIP() << "PostgreSQL is not installed (apt-get install postgresql)";
  const auto break_off = [](std::string_view table, std::uint64_t rows) {
    if (table == "hourly_count" && rows == 500) throw std::runtime_error("killed");
  };
  EXPECT_THROW((void)copy_ledger(*from, *database, break_off), std::runtime_error);
  EXPECT_TRUE(*is_half_copied(*database));
  std::vector<std::uint64_t> parts;
  const auto note = [&](std::string_view table, std::uint64_t rows) {
    if (table == "hourly_count") parts.push_back(rows);
  };
  ASSERT_TRUE(copy_ledger(*from, *database, note));
  EXPECT_THAT(parts, ::testing::ElementsAre(1'000U, 1'200U));
  EXPECT_FALSE(*is_half_copied(*database));
  expect_all();
}

TEST_P(CopyWithPostgresql, LeavesNothingWhereItClears) {
  if (!from) GTEST_SKIP() << "PostgreSQL is not installed (apt-get install postgresql)";
  const auto break_off = [](std::string_view table, std::uint64_t) {
    if (table == "outbox") throw std::runtime_error("killed");
  };
  EXPECT_THROW((void)copy_ledger(*from, *database, break_off), std::runtime_error);
  ASSERT_TRUE(clear_ledger(*database));
  EXPECT_FALSE(*is_half_copied(*database));
  for (const TableCount& counted : *count_ledger(*database)) EXPECT_EQ(counted.rows, 0U) << counted.table;
  ASSERT_TRUE(copy_ledger(*from, *database, {}));
  expect_all();
}

TEST_P(CopyWithPostgresql, CountsWithoutOpeningIt) {
  if (!from) GTEST_SKIP() << "PostgreSQL is not installed (apt-get install postgresql)";
  EXPECT_EQ(*look_at_ledger(folder.file("ledger.db"), server), 0U);
  ASSERT_TRUE(copy_ledger(*from, *database, {}));
  std::uint64_t rows = 0;
  for (const TableCount& counted : *count_ledger(*database)) rows += counted.rows;
  EXPECT_EQ(*look_at_ledger(folder.file("ledger.db"), server), rows);
}

TEST_P(CopyWithPostgresql, KnowsOneLedgerByTwoNames) {
  if (!from) GTEST_SKIP() << "PostgreSQL is not installed (apt-get install postgresql)";
  EXPECT_FALSE(*are_one_ledger(*from, *database));
  LedgerOptions again{.path = folder.file("again.db"), .server = server};
  if (kind == LedgerKind::kSqlite) again.path = folder.file("ledger.db");
  const auto second = LedgerDatabase::open(again);
  ASSERT_TRUE(second) << second.error().detail;
  EXPECT_TRUE(*are_one_ledger(**second, *database));
}

POSTREEVE_ON_BOTH(CopyWithPostgresql);

TEST(LookAtLedger, MakesNothing) {
  const LedgerFolder folder;
  EXPECT_EQ(*look_at_ledger(folder.file("none.db"), {}), 0U);
  EXPECT_FALSE(std::filesystem::exists(folder.file("none.db")));
  std::ofstream(folder.file("text.db")) << "this is no database, but long enough to be taken for something";
  EXPECT_FALSE(look_at_ledger(folder.file("text.db"), {}));
}

class CopyOutOfPostgresql : public ::testing::Test {
 protected:
  void SetUp() override {
    if (!PrivatePostgresql::is_installed()) GTEST_SKIP() << "PostgreSQL is not installed";
    server_ = std::make_unique<PrivatePostgresql>();
    from_ =
        std::move(*LedgerDatabase::open({.path = folder_.file("spool"), .server = server_->new_ledger()}));
    HourlyCounts counts(*from_);
    for (int i = 0; i < 1'200; ++i) counts.add(account("a" + std::to_string(i)), kNoon, {.recipients = 2});
    ASSERT_TRUE(counts.flush());
    to_ = std::move(*LedgerDatabase::open({.path = folder_.file("ledger.db")}));
  }

  LedgerFolder folder_;
  std::unique_ptr<PrivatePostgresql> server_;
  std::unique_ptr<LedgerDatabase> from_;
  std::unique_ptr<LedgerDatabase> to_;
};

TEST_F(CopyOutOfPostgresql, NeverTakesTheSpoolForTheLedgerWhenTheServerGoesAway) {
  const auto stop = [&](std::string_view table, std::uint64_t rows) {
    if (table == "hourly_count" && rows == 500) server_->kill();
  };
  const auto copied = copy_ledger(*from_, *to_, stop);
  ASSERT_FALSE(copied);
  EXPECT_EQ(copied.error().code, ErrorCode::kUnavailable);
  EXPECT_FALSE(count_ledger(*from_));
  server_->start();
  for (int i = 0; i < 1'000 && !from_->health().is_up; ++i)
    std::this_thread::sleep_for(std::chrono::milliseconds{20});
  ASSERT_TRUE(copy_ledger(*from_, *to_, {}));
  EXPECT_EQ(*count_ledger(*to_), *count_ledger(*from_));
}

TEST_F(CopyOutOfPostgresql, SeesWhetherANodeIsThere) {
  from_.reset();
  const auto server = server_->new_ledger();
  // PostgreSQL notices a moment later that a connection is closed.
  const auto becomes_free = [&] {
    for (int i = 0; i < 1'000; ++i) {
      if (const auto who = who_serves(server); who && !*who) return true;
      std::this_thread::sleep_for(std::chrono::milliseconds{20});
    }
    return false;
  };
  EXPECT_TRUE(becomes_free());
  auto node = LedgerDatabase::open(
      {.path = folder_.file("node"), .server = server, .node = {.name = "mx1", .version = "1"}});
  ASSERT_TRUE(node);
  for (int i = 0; i < 1'000 && !(*node)->has_duty(); ++i)
    std::this_thread::sleep_for(std::chrono::milliseconds{20});
  EXPECT_EQ(*who_serves(server), "mx1");
  node->reset();
  EXPECT_TRUE(becomes_free());
  server_->kill();
  EXPECT_EQ(who_serves(server).error().code, ErrorCode::kUnavailable);
}

}  // namespace
}  // namespace postreeve
