// Writes as words, so that they can wait for PostgreSQL: what a book was asked for, not the SQL that it came
// to. For .cc files of this folder only.
//
// A body is a list of texts, each with its length before it ("4:held,"). Kinds and the order of their texts
// are on disks: never changed; a further text is added at the end, and may be missing when it is read.
#pragma once

#include <soci/soci.h>

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "store/ledger/database.h"
#include "store/ledger/incident_book.h"

namespace postreeve {

using Texts = std::vector<std::string>;
[[nodiscard]] std::string packed(const Texts& texts);
[[nodiscard]] Result<Texts> unpacked(std::string_view body);  // kCorrupt

[[nodiscard]] SpooledWrite spooled(const StandingEntry& entry);
[[nodiscard]] Result<StandingEntry> standing_entry_from(std::string_view body);

// What carries the write out on the server. kCorrupt when it cannot be read.
[[nodiscard]] Result<LedgerDatabase::Work> work_of(const SpooledWrite& write);

// Of a change that was spooled: the more severe of its standing and of what others set meanwhile wins
// (incident_book.cc).
[[nodiscard]] Result<void> bring_over(soci::session& session, const StandingEntry& entry);

// The small books' writes, beside their books; the texts are columns in the order of the statements there.
// Within a write; they throw what SOCI throws.
[[nodiscard]] Result<void> put_list_entry(soci::session& session, const Texts& columns);
[[nodiscard]] Result<void> remove_list_entry(soci::session& session, const Texts& columns);
[[nodiscard]] Result<void> put_account_policy(soci::session& session, const Texts& columns);
[[nodiscard]] Result<void> remove_account_policy(soci::session& session, const Texts& columns);
[[nodiscard]] Result<void> insert_audit_entry(soci::session& session, const Texts& columns);
[[nodiscard]] Result<void> end_action(soci::session& session, const Texts& columns);
// These row after row.
[[nodiscard]] Result<void> add_hourly_counts(soci::session& session, const Texts& columns);
[[nodiscard]] Result<void> add_activity(soci::session& session, const Texts& columns);
[[nodiscard]] Result<void> add_clues(soci::session& session, const Texts& columns);

}  // namespace postreeve
