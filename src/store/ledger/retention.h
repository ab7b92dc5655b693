// How long the ledger keeps what, and what becomes of it then.
#pragma once

#include <cstdint>

#include "base/keyed_hash.h"
#include "base/result.h"
#include "base/time.h"
#include "store/ledger/database.h"

namespace postreeve {

// A time of zero: for ever.
struct RetentionSettings {
  // After the last change of an incident: the account becomes a keyed placeholder, the words of its timeline
  // go; what was found, how severe it was and how it ended stay. An incident that still restricts its account
  // keeps its names.
  Duration incident_names = std::chrono::days{180};
  Duration activity = std::chrono::days{30};
  // At least eight days, for the same hour of last week.
  Duration hourly_counts = std::chrono::days{15};
  // Not before the account is clear: what is to be undone needs its receipt.
  Duration finished_actions = std::chrono::days{90};
  Duration expired_list_entries = std::chrono::days{90};  // after their end
  // The audit trail, lists, policies and tokens are kept.
};

struct RetentionReport {
  std::uint64_t anonymised_incidents = 0;
  std::uint64_t deleted_rows = 0;
};

// The placeholder of an account: the same for the same key, so that incidents of one account stay together;
// without the key nobody finds the name, not even by guessing.
[[nodiscard]] std::string placeholder_of(const HashKey& key, std::string_view account);

// To be run once in a while (an hour is well); in small writes, so that nothing waits for it. Any thread but
// the ledger's.
[[nodiscard]] Result<RetentionReport> apply_retention(LedgerDatabase& database,
                                                      const RetentionSettings& settings, const HashKey& key,
                                                      Timestamp now);

}  // namespace postreeve
