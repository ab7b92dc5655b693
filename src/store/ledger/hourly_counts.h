// How much each account did in each hour: who sends most now, beside the hour before and last week.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "base/result.h"
#include "base/time.h"
#include "mail/account_id.h"
#include "store/ledger/database.h"

namespace postreeve {

struct Counts {
  std::uint32_t messages = 0;    // accepted, held or diverted
  std::uint32_t recipients = 0;  // accepted when they were asked for
  std::uint32_t withdrawn = 0;   // those of them whose message we deferred or rejected afterwards
  std::uint32_t refused = 0;     // recipients that we deferred or rejected when they were asked for
  std::uint32_t bounced = 0;     // recipients that destinations refused
  std::uint32_t logins = 0;      // successful

  Counts& operator+=(const Counts& other) noexcept;
  friend bool operator==(const Counts&, const Counts&) = default;
};

// What came of it in the end: recipients that were withdrawn are refused ones, and withdrawn is 0.
[[nodiscard]] Counts settled(const Counts& counts) noexcept;

// By what accounts are ordered.
enum class TopBy : std::uint8_t { kRecipients, kLogins };

struct HourOfAccount {
  Timestamp hour{};
  Counts counts;  // settled
};

struct Sender {
  AccountId account;
  Counts now;        // settled, like the others
  Counts before;     // the hour before
  Counts last_week;  // the same hour a week ago
};

// Counts lie in memory and are written every few seconds: a crash forgets at most those. Any thread.
//
// Memory is bounded: accounts beyond `most_in_memory` between two flushes are not counted (dropped()). Half
// way there the counts start to write themselves.
class HourlyCounts {
 public:
  explicit HourlyCounts(LedgerDatabase& database, std::size_t most_in_memory = 100'000);
  ~HourlyCounts();  // does not write: flush() first
  HourlyCounts(const HourlyCounts&) = delete;
  HourlyCounts& operator=(const HourlyCounts&) = delete;

  // Never waits for the disk.
  void add(const AccountId& account, Timestamp time, const Counts& counts);
  // Drops what is in memory of the account. Waits for a flush that is under way.
  void forget(const AccountId& account);
  // Adds what is in memory to the database, in parts so that other writes come in between; waits. What could
  // not be written stays in memory.
  [[nodiscard]] Result<void> flush();
  // The accounts with the most recipients (settled), or logins, in the hour of `time`, written or not; most
  // first, then by name. Waits for a flush that is under way.
  [[nodiscard]] Result<std::vector<Sender>> top(Timestamp time, std::uint32_t most,
                                                TopBy by = TopBy::kRecipients) const;
  // Every hour that is written of the account, oldest first.
  [[nodiscard]] Result<std::vector<HourOfAccount>> of(const AccountId& account) const;

  [[nodiscard]] std::uint64_t dropped() const;  // calls of add() that found no room

 private:
  struct Impl;
  std::shared_ptr<Impl> impl_;  // shared with the write that is under way
};

}  // namespace postreeve
