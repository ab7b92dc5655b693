// Stores on SQLite for tests, in a folder that goes away.
#pragma once

#include <gtest/gtest.h>

#include <cstdlib>
#include <functional>
#include <memory>
#include <string>
#include <utility>

#include "base/temporary_folder.h"
#include "store/sqlite_account_store.h"
#include "store/sqlite_connection.h"

namespace postreeve {

// A store's file, which goes with the object.
class StoreFolder {
 public:
  [[nodiscard]] std::string file() const { return (folder_.path() / "state.db").string(); }

 private:
  TemporaryFolder folder_{"store"};
};

inline std::unique_ptr<SqliteAccountStore> open_store(const StoreFolder& folder,
                                                      SqliteAccountStoreOptions options = {}) {
  options.path = folder.file();
  Result<std::unique_ptr<SqliteAccountStore>> store = SqliteAccountStore::open(std::move(options));
  if (!store) {
    ADD_FAILURE() << store.error().detail;
    std::abort();
  }
  return std::move(*store);
}

class StepOf final : public RecordStep {
 public:
  explicit StepOf(std::function<void(AccountRecord&)> run) : run_(std::move(run)) {}
  void run(AccountRecord& record) override { run_(record); }

 private:
  std::function<void(AccountRecord&)> run_;
};

inline void update(AccountStore& store, const Hash128& account, std::function<void(AccountRecord&)> run) {
  StepOf step(std::move(run));
  store.update(account, step);
}

inline Hash128 account(std::uint64_t i) {
  return {mix64(i), mix64(i + 1'000'000)};
}

// Runs one statement on the file and returns the number it gives; 0 when it gives none.
inline std::int64_t ask(const StoreFolder& folder, const std::string& sql) {
  auto connection = SqliteConnection::open(folder.file(), SqliteConnection::Access::kReadWrite,
                                           std::chrono::milliseconds{2'000});
  if (!connection) return -1;
  auto statement = connection->prepare(sql);
  if (!statement) return -1;
  const Result<bool> row = statement->step();
  return row && *row ? statement->integer(0) : 0;
}

}  // namespace postreeve
