// How values lie in the ledger's columns. Everything that is read is checked: a file may have been edited.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "base/keyed_hash.h"
#include "base/result.h"
#include "base/time.h"
#include "finding/standing.h"
#include "mail/account_id.h"

namespace postreeve {

// Texts from outside are cut to this many bytes unless a column says otherwise.
inline constexpr std::size_t kMostLineBytes = 4'000;

// One line for people: valid UTF-8 without controls, cut at a character.
[[nodiscard]] std::string stored_line(std::string_view text, std::size_t most_bytes = kMostLineBytes);
// Whether a database takes the bytes as TEXT: valid UTF-8 without NUL.
[[nodiscard]] bool is_storable(std::string_view text) noexcept;

// The account's text; "hex:..." when it is no text that a database takes. Different accounts never share it.
[[nodiscard]] std::string stored_account(const AccountId& account);
[[nodiscard]] Result<AccountId> account_from(std::string_view stored);

[[nodiscard]] std::string stored_hash(const Hash128& hash);  // 32 hexadecimal digits
[[nodiscard]] Result<Hash128> hash_from(std::string_view stored);
// "" for no incident.
[[nodiscard]] std::string stored_incident(IncidentId incident);
[[nodiscard]] Result<IncidentId> incident_from(std::string_view stored);

// kNotFound.
[[nodiscard]] std::unexpected<Error> no_incident(IncidentId incident);

[[nodiscard]] constexpr long long stored_time(Timestamp time) noexcept {
  return time.time_since_epoch().count();
}
// 0 when there is none.
[[nodiscard]] constexpr long long stored_time(const std::optional<Timestamp>& time) noexcept {
  return time ? stored_time(*time) : 0;
}
[[nodiscard]] constexpr Timestamp time_from(long long stored) noexcept {
  return Timestamp{Duration{stored}};
}
[[nodiscard]] constexpr std::optional<Timestamp> optional_time_from(long long stored) noexcept {
  return stored == 0 ? std::nullopt : std::optional(time_from(stored));
}
// Cut to what 32 bits hold.
[[nodiscard]] std::uint32_t count_from(long long stored) noexcept;

[[nodiscard]] Result<Level> level_from(std::string_view stored);
[[nodiscard]] Result<Scope> scope_from(std::string_view stored);

// The enumerator of `count` whose to_text() is `stored`.
template <typename Enum>
[[nodiscard]] Result<Enum> enum_from(std::string_view stored, std::size_t count) {
  for (std::size_t i = 0; i < count; ++i) {
    if (to_text(static_cast<Enum>(i)) == stored) return static_cast<Enum>(i);
  }
  return fail(ErrorCode::kCorrupt, "the ledger holds a word that is not known: " + stored_line(stored, 40));
}

}  // namespace postreeve
