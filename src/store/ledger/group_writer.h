// The one thread that writes the ledger: what waits is committed together. For .cc files of this folder only.
#pragma once

#include <soci/soci.h>

#include <condition_variable>
#include <cstdint>
#include <memory>
#include <mutex>
#include <span>
#include <thread>
#include <vector>

#include "base/result.h"
#include "store/ledger/database.h"

namespace postreeve {

// A write costs a sync of the disk, however much is in it: while one runs, the next group gathers.
class GroupWriter {
 public:
  using Work = LedgerDatabase::Work;
  using Committed = LedgerDatabase::Committed;

  GroupWriter(std::unique_ptr<soci::session> session, std::uint32_t most_waiting, SharedTurn turn);
  ~GroupWriter();  // commits what waits
  GroupWriter(const GroupWriter&) = delete;
  GroupWriter& operator=(const GroupWriter&) = delete;

  void write(Work work, Committed done);  // as LedgerDatabase::write
  [[nodiscard]] std::uint32_t waiting() const;
  [[nodiscard]] bool is_own_thread() const { return std::this_thread::get_id() == thread_.get_id(); }

 private:
  struct Item {
    Work work;
    Committed done;
    Result<void> outcome;
  };
  enum class Attempt : std::uint8_t {
    kDecided,        // every item has its outcome
    kUndone,         // the transaction as a whole failed
    kNoTransaction,  // none could be begun
  };

  void run();
  void commit(std::span<Item> group);
  Attempt attempt(std::span<Item> group);
  Result<void> carry_out(Item& item);
  Result<void> execute(const char* statement);
  void report(std::span<Item> items);

  std::unique_ptr<soci::session> session_;
  const std::uint32_t most_waiting_;
  const SharedTurn turn_;
  mutable std::mutex mutex_;
  std::condition_variable wake_;
  std::vector<Item> queue_;
  std::uint32_t under_way_ = 0;
  bool stopping_ = false;
  std::thread thread_;
};

}  // namespace postreeve
