// What tests of single actions share.
#pragma once

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <stdexcept>
#include <string>

#include <gtest/gtest.h>

#include "response/action_type.h"
#include "response/response_testing.h"

namespace postreeve {

// A folder of its own, gone with the test.
class TestFolder {
 public:
  TestFolder() {
    std::string made = (std::filesystem::temp_directory_path() / "postreeve-XXXXXX").string();
    path_ = ::mkdtemp(made.data());
  }
  ~TestFolder() { std::filesystem::remove_all(path_); }
  TestFolder(const TestFolder&) = delete;
  TestFolder& operator=(const TestFolder&) = delete;

  [[nodiscard]] std::string file(std::string_view name) const { return (path_ / name).string(); }
  // An executable script.
  [[nodiscard]] std::string program(std::string_view name, std::string_view text) const {
    std::ofstream(file(name)) << text;
    std::filesystem::permissions(file(name), std::filesystem::perms::owner_all);
    return file(name);
  }
  [[nodiscard]] std::string read(std::string_view name) const {
    std::ifstream stream(file(name));
    return {std::istreambuf_iterator<char>(stream), {}};
  }

 private:
  std::filesystem::path path_;
};

// Makes actions that need nothing of the daemon but a ledger.
class ActionMaker {
 public:
  [[nodiscard]] Result<std::unique_ptr<ResponseAction>> make(std::string_view type,
                                                             const ActionSettings& settings) {
    if (!ledger_) {
      auto ledger = LedgerDatabase::open({.path = folder.file("ledger.db")});
      if (!ledger) return fail(ledger.error());
      ledger_ = std::move(*ledger);
    }
    return find_action_type(type)->make(
        settings, ActionWorld{.ledger = *ledger_, .state_folder = folder.file("state")});
  }

  // The same where the settings are right.
  [[nodiscard]] std::unique_ptr<ResponseAction> made(std::string_view type, const ActionSettings& settings) {
    auto action = make(type, settings);
    if (!action) throw std::runtime_error(action.error().detail);
    return std::move(*action);
  }

  TestFolder folder;

 private:
  std::unique_ptr<LedgerDatabase> ledger_;
};

inline Task task_for(std::string_view account, Direction direction = Direction::kCarryOut) {
  StandingEntry entry = changed(Level::kClear, Level::kSuspended);
  entry.account = AccountId::from_login(account, "").value();
  Task task = task_of(entry, "action", direction);
  task.id = 17;
  return task;
}

}  // namespace postreeve
