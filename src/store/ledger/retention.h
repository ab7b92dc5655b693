// How long the ledger keeps what, and what becomes of it then.
#pragma once

#include <cstdint>
#include <stop_token>

#include "base/keyed_hash.h"
#include "base/result.h"
#include "base/time.h"
#include "mail/account_id.h"
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
  // How long a program may repeat a batch (answer_book.h).
  Duration given_answers = std::chrono::days{1};
  // The audit trail, lists, policies and tokens are kept.
};

struct RetentionReport {
  std::uint64_t anonymised_incidents = 0;
  std::uint64_t deleted_rows = 0;
};

// The placeholder of an account: the same for the same key, so that incidents of one account stay together;
// without the key nobody finds the name, not even by guessing.
[[nodiscard]] std::string placeholder_of(const HashKey& key, std::string_view account);

// To be run once in a while (an hour is well); in small writes, so that nothing waits for it. Told to stop,
// it ends with the write that is under way; the next run goes on. Any thread but the ledger's.
[[nodiscard]] Result<RetentionReport> apply_retention(LedgerDatabase& database,
                                                      const RetentionSettings& settings, const HashKey& key,
                                                      Timestamp now, const std::stop_token& stop = {});

struct ForgetReport {
  std::uint64_t anonymised_incidents = 0;
  std::uint64_t deleted_rows = 0;
};

// Takes one account's names out at once, restricted or not: its incidents as if they were old, and its
// standing, policy, counts, activity and finished actions. Of an incident that something is still to be done
// of, the finished ones stay, since undoing needs their receipts; apply_retention() deletes them when all are
// finished. Entries of lists and the audit trail stay, which people made. Nodes that follow the ledger learn
// of it. Any thread but the ledger's.
[[nodiscard]] Result<ForgetReport> forget_account(LedgerDatabase& database, const AccountId& account,
                                                  const HashKey& key, Timestamp now);

// What other nodes may have written of a forgotten account since: counts and activity. Likewise.
[[nodiscard]] Result<void> forget_counts(LedgerDatabase& database, const AccountId& account);

}  // namespace postreeve
