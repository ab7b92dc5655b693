// Turns of those who write into one SQLite file.
//
// SQLite gives its write lock to whoever happens to look when it is free, and those who wait sleep longer and
// longer between their looks: a ledger that commits all the time would keep the records off the disk for
// seconds. Whoever holds the turn begins a transaction and ends it; the next is who has waited longest.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <memory>
#include <mutex>

namespace postreeve {

// A mutex in the order of asking. Any thread.
class WriteTurn {
 public:
  void lock() {
    std::unique_lock lock(mutex_);
    const std::uint64_t mine = asked_++;
    ended_.wait(lock, [&] { return turn_ == mine; });
  }
  void unlock() {
    {
      const std::scoped_lock lock(mutex_);
      ++turn_;
    }
    ended_.notify_all();
  }

 private:
  std::mutex mutex_;
  std::condition_variable ended_;
  std::uint64_t asked_ = 0;
  std::uint64_t turn_ = 0;
};

// Shared by all writers of a file; without one a writer has the file for itself.
using SharedTurn = std::shared_ptr<WriteTurn>;

[[nodiscard]] inline std::unique_lock<WriteTurn> take_turn(const SharedTurn& turn) {
  return turn ? std::unique_lock(*turn) : std::unique_lock<WriteTurn>();
}

}  // namespace postreeve
