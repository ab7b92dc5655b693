// Changes of standing on their way into the ledger, each with the actions that it calls for.
//
// A restriction holds although the disk is full: what the ledger did not take is kept and written as soon as
// there is room.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <mutex>
#include <string>
#include <vector>

#include "base/result.h"
#include "finding/standing.h"
#include "store/ledger/database.h"
#include "store/ledger/incident_book.h"
#include "store/ledger/outbox.h"

namespace postreeve {

// Any thread.
class StandingWriter {
 public:
  // As Guard::Parts has them; each may be empty. A change is written without actions when `respond` throws,
  // and `failed` is told.
  struct Hooks {
    std::function<std::vector<OutboxAction>(const StandingEntry&, bool was_observed)> respond;
    std::function<void()> actions_recorded;
    std::function<void(const std::string& what)> failed;
  };

  // The book outlives it.
  StandingWriter(IncidentBook& incidents, Hooks hooks);
  // Returns once everybody is answered.
  ~StandingWriter();
  StandingWriter(const StandingWriter&) = delete;
  StandingWriter& operator=(const StandingWriter&) = delete;

  // `done` is called once, on the ledger's thread.
  void write(StandingEntry entry, LedgerDatabase::Committed done = [](const Result<void>&) {});
  // The entry's change, once it is on the disk; else the ledger's error, and it will be tried again.
  [[nodiscard]] Result<StandingChange> write_and_wait(StandingEntry entry);

  // Tries again what the ledger did not take; may block on it.
  void write_what_was_kept();
  // How many changes that is: at most 100,000, beyond which each that is dropped is told of as a failure.
  [[nodiscard]] std::size_t unwritten() const;
  // Returns once everybody is answered. Requires that nothing is handed over meanwhile.
  void wait_until_answered();

 private:
  // Counts what is handed to the ledger and not yet answered.
  class UnderWay;

  void choose_actions(StandingEntry& entry) const;
  void settle(StandingEntry entry, LedgerDatabase::Committed& done, const Result<void>& written);
  void keep(StandingEntry entry);

  IncidentBook& incidents_;
  Hooks hooks_;
  mutable std::mutex mutex_;
  std::condition_variable all_answered_;
  std::size_t under_way_ = 0;       // handed to the ledger and not yet answered
  std::deque<StandingEntry> kept_;  // what it did not take
};

}  // namespace postreeve
