#include "app/housekeeping.h"

#include <gtest/gtest.h>
#include <spdlog/sinks/null_sink.h>
#include <sqlite3.h>

#include <chrono>
#include <memory>
#include <thread>

#include "app/clock.h"
#include "guard/guard_testing.h"

namespace postreeve {
namespace {

using namespace std::chrono_literals;

class HousekeepingTest : public testing::Test {
 protected:
  HousekeepingTest() {
    serving.state_path = directory.file("state.db");
    serving.state_memory_mib = 16;
    state = std::move(*State::open(serving));
    responder = std::move(*Responder::make({}, serving, *state, metrics, logger));
    guard = std::make_unique<Guard>(
        Guard::Parts{*state->accounts, *state->counters, state->incidents, state->key, now},
        std::make_shared<const Rules>(policy, std::make_shared<const Locator>(), std::vector<ListEntry>{},
                                      std::vector<AccountPolicy>{}, now()),
        Mode::kEnforce);
    house =
        std::make_unique<Housekeeping>(Housekeeping::Parts{.context = context,
                                                           .state = *state,
                                                           .guard = *guard,
                                                           .responder = *responder,
                                                           .logger = *logger,
                                                           .retention = {},
                                                           .refresh_rules = [] { return Result<void>(); }});
  }
  ~HousekeepingTest() override { house->finish(); }

  TemporaryDirectory directory;
  Serving serving;
  Policy policy;
  boost::asio::io_context context;
  Metrics metrics;
  std::shared_ptr<spdlog::logger> logger =
      std::make_shared<spdlog::logger>("test", std::make_shared<spdlog::sinks::null_sink_mt>());
  std::unique_ptr<State> state;
  std::unique_ptr<Responder> responder;
  std::unique_ptr<Guard> guard;
  std::unique_ptr<Housekeeping> house;
};

// Whoever waited for them would not feed the watchdog meanwhile.
TEST_F(HousekeepingTest, DoesNotWaitForWhatBooksHaveToWrite) {
  const AccountId anna = account_named(kAnna);
  sqlite3* other = nullptr;
  ASSERT_EQ(sqlite3_open(serving.state_path.c_str(), &other), SQLITE_OK);
  ASSERT_EQ(sqlite3_exec(other, "BEGIN IMMEDIATE", nullptr, nullptr, nullptr), SQLITE_OK);
  state->counts.add(anna, now(), {.recipients = 1});
  const auto begin = std::chrono::steady_clock::now();
  house->tend(1);
  house->tend(2);
  EXPECT_LT(std::chrono::steady_clock::now() - begin, 3s);  // the ledger waits six seconds for the lock
  sqlite3_close(other);
  bool is_written = false;
  for (int i = 0; i < 1'000 && !is_written; ++i) {
    is_written = !state->counts.of(anna)->empty();
    std::this_thread::sleep_for(10ms);
  }
  EXPECT_TRUE(is_written);
}

}  // namespace
}  // namespace postreeve
