// Standings of the ledger on their way into records that other nodes write too.
//
// A change is in the record before it is in the ledger: what is read there may be older than the record, by
// the time that a commit takes. Or newer: whoever changed it did not reach the records, or those lost what
// was written last. Records know seconds only. One that is as the ledger was earlier is older; where it is
// not plain the ledger is asked again a while later: what it says then unchanged is later than the record.
#pragma once

#include <cstdint>
#include <mutex>
#include <span>
#include <unordered_map>
#include <vector>

#include "base/keyed_hash.h"
#include "base/time.h"
#include "engine/engine.h"
#include "mail/account_id.h"
#include "store/ledger/incident_book.h"

namespace postreeve {

// Any thread.
class LedgerStandings {
 public:
  // `is_shared`: all nodes have this ledger. With one of this node's own, others' standings are in records
  // only: what may be later there stays.
  LedgerStandings(const IncidentBook& incidents, bool is_shared)
      : incidents_(incidents), is_shared_(is_shared) {}

  void apply(Engine& engine, std::span<const StandingRow> rows, Timestamp now);
  // Before a person's order: what the ledger says holds, for he has seen it, and a failing-over Redis may
  // have lost it. May block on the ledger.
  void catch_up(Engine& engine, const AccountId& account) const;
  // Call every second or so; may block on the ledger.
  void look_again(Engine& engine, Timestamp now);

 private:
  struct Doubtful {
    AccountId account;
    std::uint64_t version = 0;  // of the row
    Timestamp seen{};
  };

  struct Said {
    std::uint64_t version = 0;
    Standing latest;
    Standing before;
  };

  // What the ledger said before this row; nothing when a row with a higher number was seen before.
  [[nodiscard]] Standing said_before(const StandingRow& row);

  const IncidentBook& incidents_;
  const bool is_shared_;
  std::mutex mutex_;
  std::unordered_map<Hash128, Said> said_;
  std::vector<Doubtful> doubtful_;  // in the order of `seen`
};

}  // namespace postreeve
