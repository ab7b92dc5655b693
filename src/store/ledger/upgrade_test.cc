// Tables on PostgreSQL that an older version made, and goes on using while they are brought up to date.
#include <atomic>
#include <chrono>
#include <memory>
#include <string>
#include <thread>
#include <utility>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <soci/soci.h>

#include "store/ledger/incident_book.h"
#include "store/ledger/ledger_testing.h"
#include "store/ledger/list_book.h"
#include "store/ledger/migrations.h"

namespace postreeve {
namespace {

using ::testing::SizeIs;

// With tables as version 4 made them.
class PostgresqlUpgrade : public ::testing::Test {
 protected:
  void SetUp() override {
    if (!PrivatePostgresql::is_installed())
      GTEST_SKIP() << "PostgreSQL is not installed (apt-get install postgresql)";
    server = PrivatePostgresql::shared().new_ledger();
    session = std::move(*open_postgresql(server));
    *session << "BEGIN";
    ASSERT_TRUE(migrate(*session, SqlDialect::kPostgresql, 4));
    *session << "COMMIT";
  }
  std::unique_ptr<LedgerDatabase> newest_node() {
    auto opened = LedgerDatabase::open({.path = folder.file("spool.db"), .server = server});
    if (!opened) throw std::runtime_error(opened.error().detail);
    return std::move(*opened);
  }

  LedgerFolder folder;
  PostgresqlServer server;
  std::unique_ptr<soci::session> session;
};

// What a node of version 4 writes, which knows nothing of what came later.
class NodeOfVersion4 {
 public:
  explicit NodeOfVersion4(const PostgresqlServer& server)
      : session_(std::move(*open_postgresql(server))), thread_([this] { run(); }) {}
  ~NodeOfVersion4() { stop(); }
  NodeOfVersion4(const NodeOfVersion4&) = delete;
  NodeOfVersion4& operator=(const NodeOfVersion4&) = delete;

  void stop() {
    is_over_ = true;
    if (thread_.joinable()) thread_.join();
  }
  // Some more writes are done.
  [[nodiscard]] bool goes_on() const {
    const int enough = written_ + 20;
    const auto give_up = std::chrono::steady_clock::now() + std::chrono::seconds{20};
    while (written_ < enough && std::chrono::steady_clock::now() < give_up)
      std::this_thread::sleep_for(std::chrono::milliseconds{5});
    return written_ >= enough;
  }
  [[nodiscard]] int written() const { return written_; }
  [[nodiscard]] const std::string& fault() const { return fault_; }  // once it has stopped

 private:
  void run() {
    try {
      while (!is_over_) write(written_);
    } catch (const std::exception& thrown) {
      fault_ = thrown.what();
    }
  }
  void write(int number) {
    *session_ << "BEGIN";
    *session_ << kTakeTurn;
    const std::string hour = std::to_string(number);
    *session_ << "INSERT INTO hourly_count (hour, account, messages, recipients, refused, bounced, logins)"
                 " VALUES (" +
                     hour + ", 'anna@x.example', 1, 1, 0, 0, 0)";
    *session_ << "INSERT INTO list_entry (list, value, comment, author, created, expires)"
                 " VALUES ('block', 'bob" +
                     hour + "', '', 'pat', 1, 0)";
    *session_ << "COMMIT";
    ++written_;
  }

  std::unique_ptr<soci::session> session_;
  std::atomic<bool> is_over_{false};
  std::atomic<int> written_{0};
  std::string fault_;
  std::thread thread_;
};

TEST_F(PostgresqlUpgrade, TakesItsTime) {
  server.timeout = std::chrono::seconds{3};
  *session << "CREATE FUNCTION dawdle() RETURNS event_trigger LANGUAGE plpgsql AS"
              " 'BEGIN PERFORM pg_sleep(4); END'";
  *session << "CREATE EVENT TRIGGER large_tables ON ddl_command_start WHEN TAG IN ('CREATE TABLE')"
              " EXECUTE FUNCTION dawdle()";
  const auto node = newest_node();  // makes two tables
  *session << "DROP EVENT TRIGGER large_tables";
  EXPECT_TRUE(node->health().is_up) << node->health().trouble;
  EXPECT_EQ(stored_version(*session, SqlDialect::kPostgresql), ledger_version());
}

TEST_F(PostgresqlUpgrade, StopsNoOlderNodeThatWrites) {
  server.timeout = std::chrono::seconds{20};
  NodeOfVersion4 old(server);
  ASSERT_TRUE(old.goes_on());
  const auto node = newest_node();
  EXPECT_TRUE(node->health().is_up) << node->health().trouble;
  ASSERT_TRUE(IncidentBook(*node).record(standing_entry(Level::kSlowed, 1)));
  EXPECT_TRUE(old.goes_on());
  old.stop();
  EXPECT_EQ(old.fault(), "");
  EXPECT_THAT(*ListBook(*node).entries({}, kNoon), SizeIs(old.written()));
  EXPECT_EQ((*IncidentBook(*node).standing_of(account("anna@shop.example")))->standing.level, Level::kSlowed);
}

}  // namespace
}  // namespace postreeve
