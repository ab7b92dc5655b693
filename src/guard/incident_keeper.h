// Sees to it that the ledger knows every standing that holds.
//
// With records that several nodes share, a standing may be in a record and not in the ledger: the node that
// set it was gone before it could tell. Whoever sees it next tells instead, and does what it calls for; not
// at once, since the node that set it may be about to tell with all it knows.
#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>
#include <unordered_set>
#include <vector>

#include "base/keyed_hash.h"
#include "base/time.h"
#include "finding/standing.h"
#include "guard/standing_writer.h"
#include "judge/policy.h"
#include "mail/account_id.h"

namespace postreeve {

// A standing as it held when a step of the account was judged.
struct SeenStanding {
  const AccountId& account;
  Hash128 key;
  const Standing& standing;
  bool is_observed = false;  // nothing is restricted
};

class IncidentKeeper {
 public:
  // The writer outlives it.
  explicit IncidentKeeper(StandingWriter& writer);

  // Asks the ledger once a standing while the process runs, and waits for nothing; after an error not before
  // some seconds are over. Any thread.
  void saw(const SeenStanding& seen, const Policy& policy, Timestamp now);
  // Of incidents that the ledger knows it may not know how far they have come: compares those that were seen.
  // Call every second or so; may block on the ledger.
  void look_again(const IncidentBook& incidents, Timestamp now);

 private:
  struct Compared {
    AccountId account;
    Standing standing;
    bool is_observed = false;
  };
  // Shared with what is under way in the ledger.
  struct Known {
    // At most so many, taken away.
    [[nodiscard]] std::vector<Compared> take(std::size_t most);

    std::mutex mutex;
    std::unordered_set<std::uint64_t> standings;  // hashes of their incident, level and begin
    std::deque<Compared> to_compare;
    Timestamp not_before{};
  };

  void compare(const IncidentBook& incidents, const Compared& seen, Timestamp now);

  StandingWriter& writer_;
  std::shared_ptr<Known> known_;
};

}  // namespace postreeve
