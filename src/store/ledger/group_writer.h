// The one thread that writes the ledger: what waits is committed together. For .cc files of this folder only.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <span>
#include <thread>
#include <vector>

#include "store/ledger/write_item.h"
#include "store/write_turn.h"

namespace postreeve {

// A write costs a sync of the disk, however much is in it: while one runs, the next group gathers.
class GroupWriter {
 public:
  // Gives every item its outcome. On the writer's own thread; also called with none, after poke().
  using Commit = std::move_only_function<void(std::span<WriteItem>)>;

  GroupWriter(Commit commit, std::uint32_t most_waiting);
  ~GroupWriter();  // commits what waits
  GroupWriter(const GroupWriter&) = delete;
  GroupWriter& operator=(const GroupWriter&) = delete;

  void write(WriteItem item);  // as LedgerDatabase::write
  void poke();
  [[nodiscard]] std::uint32_t waiting() const;
  [[nodiscard]] bool is_own_thread() const { return std::this_thread::get_id() == thread_.get_id(); }

 private:
  void run();
  void report(std::span<WriteItem> items);

  Commit commit_;
  const std::uint32_t most_waiting_;
  mutable std::mutex mutex_;
  std::condition_variable wake_;
  std::vector<WriteItem> queue_;
  std::uint32_t under_way_ = 0;
  bool is_poked_ = false;
  bool stopping_ = false;
  std::thread thread_;
};

// Commits into a SQLite file.
[[nodiscard]] GroupWriter::Commit sqlite_commit(std::unique_ptr<soci::session> session, SharedTurn turn);

}  // namespace postreeve
