// A guard with a past in memory and a ledger in a file of its own: for tests only.
#pragma once

#include <filesystem>
#include <future>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include <gtest/gtest.h>

#include "guard/guard.h"
#include "socket/session.h"
#include "store/ledger/database.h"
#include "store/ledger/incident_book.h"
#include "store/memory_account_store.h"
#include "store/memory_shared_counters.h"

namespace postreeve {

class GuardRoom {
 public:
  explicit GuardRoom(Policy policy = {})
      : folder_(std::filesystem::temp_directory_path() / ("postreeve-" + name_of_test())),
        ledger_((std::filesystem::create_directories(folder_),
                 *LedgerDatabase::open({.path = (folder_ / "ledger.db").string()}))),
        incidents_(*ledger_),
        guard({.accounts = accounts_,
               .counters = counters_,
               .incidents = incidents_,
               .key = {},
               .clock = [this] { return now; }},
              std::make_shared<Rules>(std::move(policy), std::make_shared<const Locator>(),
                                      std::vector<ListEntry>{}, std::vector<AccountPolicy>{}, now),
              Mode::kEnforce) {}
  ~GuardRoom() {
    ledger_.reset();
    std::error_code ignored;
    std::filesystem::remove_all(folder_, ignored);
  }
  GuardRoom(const GuardRoom&) = delete;
  GuardRoom& operator=(const GuardRoom&) = delete;

  void order(std::string_view login, Level level) {
    const auto change = guard.order(*AccountId::from_login(login, ""), level, "tester", "a test");
    ASSERT_TRUE(change) << change.error().detail;
  }

 private:
  static std::string name_of_test() {
    const auto* info = testing::UnitTest::GetInstance()->current_test_info();
    return std::string(info->test_suite_name()) + "." + info->name();
  }

  std::filesystem::path folder_;
  std::unique_ptr<LedgerDatabase> ledger_;
  IncidentBook incidents_;
  MemoryAccountStore accounts_;
  MemorySharedCounters counters_;

 public:
  Timestamp now{std::chrono::sys_days{std::chrono::year{2026} / 3 / 2} + std::chrono::hours{8}};
  Guard guard;
};

// What a conversation replies to one whole request, whoever calls the reply.
inline std::string ask(Conversation& conversation, std::string_view request) {
  const Result<std::size_t> size = conversation.request_size(request);
  EXPECT_TRUE(size && *size == request.size()) << request;
  std::promise<std::string> promise;
  std::future<std::string> reply = promise.get_future();
  conversation.answer(request, [&promise](std::string_view text) { promise.set_value(std::string(text)); });
  return reply.get();
}

}  // namespace postreeve
