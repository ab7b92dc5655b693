// A guard on a ledger of its own in a directory of its own: for tests only.
#pragma once

#include <atomic>
#include <filesystem>
#include <functional>
#include <future>
#include <memory>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <unistd.h>

#include "engine/engine_testing.h"
#include "guard/guard.h"
#include "store/memory_account_store.h"
#include "store/memory_shared_counters.h"

namespace postreeve {

class TemporaryDirectory {
 public:
  TemporaryDirectory()
      : path_(std::filesystem::temp_directory_path() /
              ("postreeve_test." + std::to_string(::getpid()) + '.' +
               testing::UnitTest::GetInstance()->current_test_info()->name())) {
    std::filesystem::remove_all(path_);
    std::filesystem::create_directories(path_);
  }
  ~TemporaryDirectory() { std::filesystem::remove_all(path_); }
  TemporaryDirectory(const TemporaryDirectory&) = delete;
  TemporaryDirectory& operator=(const TemporaryDirectory&) = delete;
  [[nodiscard]] std::string file(const std::string& name) const { return path_ / name; }

 private:
  std::filesystem::path path_;
};

[[nodiscard]] inline ListEntry entry_of(ListName list, std::string_view value) {
  ListEntry entry;
  entry.list = list;
  entry.value = value;
  return entry;
}

[[nodiscard]] inline AccountPolicy policy_of(const AccountId& account) {
  AccountPolicy policy;
  policy.account = account;
  return policy;
}

class GuardRoom : public EventMaker {
 public:
  explicit GuardRoom(Mode mode = Mode::kEnforce) : mode_(mode) { start(); }

  // As after a crash that forgot all learning: the ledger is all there is, and a record as it once was.
  void start(const Hash128& account = {}, const AccountRecord* known = nullptr) {
    guard.reset();
    database.reset();
    accounts = std::make_unique<MemoryAccountStore>();
    if (known != nullptr) set_record(account, *known);
    counters = std::make_unique<MemorySharedCounters>();
    database = std::move(*LedgerDatabase::open({.path = directory.file("state.db")}));
    incidents = std::make_unique<IncidentBook>(*database);
    Guard::Parts parts{*accounts, *counters, *incidents, HashKey{{'k'}}, [this] { return now; }};
    parts.respond = [this](const StandingEntry& entry, bool was_observed) {
      return respond ? respond(entry, was_observed) : std::vector<OutboxAction>{};
    };
    parts.seen_again = [this](const Event& event) {
      if (seen_again) seen_again(event);
    };
    parts.failed = [this](const std::string&) { ++failures; };
    parts.threads = threads.get();
    parts.diversion = diversion;
    parts.actions_recorded = [this] { ++actions_recorded; };
    guard = std::make_unique<Guard>(std::move(parts), rules(), mode_);
    EXPECT_TRUE(guard->restore());
  }

  void set_record(const Hash128& account, const AccountRecord& known) const {
    Put put(known);
    accounts->update(account, put);
  }

  [[nodiscard]] std::shared_ptr<const Rules> rules(std::vector<ListEntry> entries = {},
                                                   std::vector<AccountPolicy> policies = {}) const {
    return std::make_shared<const Rules>(policy, std::make_shared<const Locator>(), std::move(entries),
                                         std::move(policies), now);
  }

  // Waits for the answer, which comes once.
  Answer judge(Event event, Door door = Door::kPostfixPolicy) {
    std::promise<Answer> promise;
    guard->judge(std::move(event), door, [&promise](const Answer& answer) { promise.set_value(answer); });
    return promise.get_future().get();
  }

  // A message to `to`: the recipient, then the message; returns the more severe answer.
  Answer send(std::string_view address, const std::string& to) {
    const std::string name = "Q" + std::to_string(++messages_);
    Recipient recipient = recipient_event(address, to, name);
    Submission message = submission_event(address, name);
    if (address == kThiefsAddress) recipient.session.helo_name = message.session.helo_name = "ylmf-pc";
    Answer asked = judge(std::move(recipient));
    if (asked.action == Action::kDefer || asked.action == Action::kReject) return asked;
    return judge(std::move(message));
  }

  // Three weeks of an office worker's mail.
  void live() {
    for (int day = 0; day < 21; ++day) {
      for (int i = 0; i < 4; ++i) {
        now += std::chrono::hours{1};
        judge(login_event(kOfficeAddress), Door::kAuthPolicy);
        EXPECT_EQ(send(kOfficeAddress, "contact" + std::to_string(i) + "@y.example").action, Action::kAccept);
      }
      now += std::chrono::hours{20};
    }
  }

  // A thief's run from elsewhere; returns how many messages got out.
  int steal(int messages = 40) {
    int out = 0;
    for (int i = 0; i < messages; ++i) {
      now += std::chrono::seconds{2};
      if (send(kThiefsAddress, "victim" + std::to_string(messages_) + "@z.example").action == Action::kAccept)
        ++out;
    }
    return out;
  }

  TemporaryDirectory directory;
  Policy policy;
  std::unique_ptr<MemoryAccountStore> accounts;
  std::unique_ptr<MemorySharedCounters> counters;
  std::unique_ptr<LedgerDatabase> database;
  std::unique_ptr<IncidentBook> incidents;
  std::function<std::vector<OutboxAction>(const StandingEntry&, bool was_observed)> respond;
  std::function<void(const Event&)> seen_again;
  DiversionOptions diversion;
  std::atomic<int> actions_recorded{0};
  std::atomic<int> failures{0};
  std::unique_ptr<Guard> guard;
  std::unique_ptr<JudgingThreads> threads;  // null: judging is inline; finished first

 private:
  struct Put final : RecordStep {
    explicit Put(const AccountRecord& r) : known(r) {}
    void run(AccountRecord& record) override { record = known; }
    const AccountRecord& known;
  };

  Mode mode_;
  int messages_ = 0;
};

}  // namespace postreeve
