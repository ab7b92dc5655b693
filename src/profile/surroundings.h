// What everybody does: snapshots of the shared counters (store/shared_counters.h).
#pragma once

namespace postreeve {

// What came from one network lately, for all accounts; nothing is counted before its first failure.
struct NetworkSnapshot {
  float failures = 0;            // failed logins, half forgotten after 12 hours
  float accounts_failed = 0;     // distinct accounts that failed, today and yesterday
  float accounts_succeeded = 0;  // distinct accounts that logged in or sent, today and yesterday
};

// What one destination domain answered to everybody within the last hour.
struct DestinationSnapshot {
  float delivered = 0;
  float refused = 0;  // 5xx
};

}  // namespace postreeve
