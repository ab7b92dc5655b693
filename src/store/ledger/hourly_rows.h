// How hourly counts lie in the ledger. For .cc files of this folder only.
#pragma once

#include <soci/soci.h>

#include <cstddef>
#include <cstdint>
#include <map>
#include <unordered_map>

#include "base/result.h"
#include "store/ledger/database.h"
#include "store/ledger/hourly_counts.h"

namespace postreeve::hourly_rows {

using CountsOfHour = std::unordered_map<AccountId, Counts>;
using CountsByHour = std::map<long long, CountsOfHour>;  // by stored_time() of the hour's begin

[[nodiscard]] std::size_t size_of(const CountsByHour& counts);
// What accounts are ordered by; of settled counts.
[[nodiscard]] std::uint32_t amount(const Counts& counts, TopBy by) noexcept;

// Adds to what is there.
[[nodiscard]] Result<void> write(soci::session& session, const CountsByHour& counts);
// The same in words, for when the server fell silent at the commit.
[[nodiscard]] SpooledWrite words_of(const CountsByHour& counts);
[[nodiscard]] Counts read(soci::session& session, long long hour, const AccountId& account);
// The `limit` accounts that have most; `least` is what the last of them has.
[[nodiscard]] Result<void> read_best(soci::session& session, long long hour, TopBy by, std::size_t limit,
                                     CountsOfHour& best, std::uint32_t& least);

}  // namespace postreeve::hourly_rows
