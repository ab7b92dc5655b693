// Numbers for new rows, and other numbers that the ledger counts: the same on SQLite and PostgreSQL.
#pragma once

#include <cstdint>
#include <string_view>

namespace soci {
class session;
}

namespace postreeve {

// The first of `count` new numbers of a kind ("timeline"), from 1. Within a write; two writers never get the
// same. Throws what SOCI throws.
[[nodiscard]] std::uint64_t take_numbers(soci::session& session, std::string_view kind,
                                         std::uint64_t count = 1);

// Notes that something changed that other nodes follow ("standing", "rules"; "forgotten": rows that others
// have copies of were deleted) and tells them once it is committed; the number of the change. Within a write;
// throws what SOCI throws.
std::uint64_t announce(soci::session& session, std::string_view what);
// On which channel (LISTEN).
inline constexpr const char* kChannel = "postreeve_ledger";

}  // namespace postreeve
