// Shared counters that survive a restart: read at the start, written every few minutes and at the stop.
//
// Table: shared_counter, a row a part (memory_shared_counters.h). A part is copied under its own lock and
// written without it. A crash forgets what was counted since the last time: two minutes, by default.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "base/result.h"
#include "base/time.h"
#include "store/memory_shared_counters.h"
#include "store/write_turn.h"

namespace postreeve {

struct CounterKeeperOptions {
  std::string path = {};                          // the records' and the ledger's file
  Duration save_every = std::chrono::minutes{2};  // at least 1 ms
  SharedTurn turn = {};                           // of all who write into the file
};

// Adds what is kept in the file to `counters`, which are not in use yet; a sentence for each part that cannot
// be read. Nothing when nothing is kept there.
[[nodiscard]] Result<std::vector<std::string>> read_kept_counters(const std::string& path,
                                                                  MemorySharedCounters& counters);
// Keeps these in the place of what is there, all or none.
[[nodiscard]] Result<void> keep_counters(const std::string& path, const MemorySharedCounters& counters);

// Any thread.
class SqliteCounterKeeper {
 public:
  // Reads what was kept into `counters`, which must outlive the keeper and must not be in use yet. What is
  // damaged or of a newer version is left out (dropped()): a start never fails because of what was counted.
  // kCorrupt, kUnavailable: the file cannot be used at all.
  [[nodiscard]] static Result<std::unique_ptr<SqliteCounterKeeper>> open(CounterKeeperOptions options,
                                                                         MemorySharedCounters& counters);
  ~SqliteCounterKeeper();  // saves
  SqliteCounterKeeper(const SqliteCounterKeeper&) = delete;
  SqliteCounterKeeper& operator=(const SqliteCounterKeeper&) = delete;

  // A sentence for each part that was left out.
  [[nodiscard]] const std::vector<std::string>& dropped() const;
  // Now; waits.
  [[nodiscard]] Result<void> save();
  // How the latest save went.
  [[nodiscard]] Result<void> latest() const;

 private:
  struct Impl;
  explicit SqliteCounterKeeper(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace postreeve
