// What accounts did, event by event, for those whose owners or tenants want it (opt-in): who reads it decides
// whether "that was me". Kept for as long as retention.h says.
#pragma once

#include <cstddef>
#include <cstdint>
#include <mutex>
#include <string>
#include <vector>

#include "base/result.h"
#include "base/time.h"
#include "mail/account_id.h"
#include "net/location.h"
#include "net/prefix.h"
#include "store/ledger/database.h"

namespace postreeve {

struct ActivityRow {
  AccountId account;
  Timestamp time{};
  std::string kind;    // "login", "submission"
  std::string client;  // address; empty when unknown
  CountryCode country;
  std::uint32_t recipients = 0;
  std::string action;  // as the mail server was told: "accept"

  friend bool operator==(const ActivityRow&, const ActivityRow&) = default;
};

// Rows lie in memory and are written every few seconds: a crash forgets at most those. Any thread.
class ActivityBook {
 public:
  // More rows than `most_in_memory` between two flushes are not kept (dropped()).
  explicit ActivityBook(LedgerDatabase& database, std::size_t most_in_memory = 10'000);

  // Never waits for the disk.
  void add(ActivityRow row);
  // Drops what is in memory of the account. Waits for a flush that is under way.
  void forget(const AccountId& account);
  // Writes what is in memory, in parts so that other writes come in between; waits. What could not be written
  // stays in memory.
  [[nodiscard]] Result<void> flush();
  // Those that are written, newest first.
  [[nodiscard]] Result<std::vector<ActivityRow>> of(const AccountId& account, Timestamp since,
                                                    std::uint32_t most) const;
  // Of all accounts what came from within `network`, newest first.
  [[nodiscard]] Result<std::vector<ActivityRow>> from(const Prefix& network, Timestamp since,
                                                      std::uint32_t most) const;
  [[nodiscard]] std::uint64_t dropped() const;

 private:
  LedgerDatabase& database_;
  const std::size_t most_in_memory_;
  std::mutex flushing_;  // one flush at a time, so that rows keep their order
  mutable std::mutex mutex_;
  std::vector<ActivityRow> pending_;
  std::uint64_t dropped_ = 0;
};

}  // namespace postreeve
