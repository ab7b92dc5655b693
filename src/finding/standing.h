// What is allowed to an account at the moment, and why.
#pragma once

#include <compare>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/keyed_hash.h"
#include "base/time.h"
#include "mail/account_id.h"

namespace postreeve {

// In the order of severity but for kRecovering, which is probation after a suspension.
enum class Level : std::uint8_t { kClear, kWatched, kRecovering, kSlowed, kHeld, kSuspended };
[[nodiscard]] std::string_view to_text(Level level) noexcept;  // "clear"

// Whether mail is touched at all.
[[nodiscard]] constexpr bool is_restriction(Level level) noexcept {
  return level >= Level::kSlowed;
}

enum class Scope : std::uint8_t {
  kUnfamiliarOrigins,  // the owner's established devices go on
  kWholeAccount,
};
[[nodiscard]] std::string_view to_text(Scope scope) noexcept;  // "unfamiliar_origins"

// Names one take-over: the hash of account and opening event; 0 is no incident.
struct IncidentId {
  std::uint64_t value = 0;

  [[nodiscard]] constexpr bool known() const noexcept { return value != 0; }
  [[nodiscard]] std::string to_string() const;  // 16 hexadecimal digits
  friend constexpr auto operator<=>(const IncidentId&, const IncidentId&) = default;
};

// Times in whole seconds (base/time.h to_seconds32); `until` 0 has no end by itself.
struct Standing {
  std::uint32_t since = 0;
  std::uint32_t until = 0;
  IncidentId incident;
  Level level = Level::kClear;
  Scope scope = Scope::kUnfamiliarOrigins;
  std::uint32_t ordered = 0;  // seconds: when a person last gave an order, as far as the record knows

  // Two are the same whoever brought them about: `ordered` is told by records only, not by the ledger.
  friend constexpr bool operator==(const Standing& a, const Standing& b) noexcept {
    return a.since == b.since && a.until == b.until && a.incident == b.incident && a.level == b.level &&
           a.scope == b.scope;
  }
};

}  // namespace postreeve
