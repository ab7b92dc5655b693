// What everybody does: snapshots of the shared counters (store/shared_counters.h).
#pragma once

#include <cstddef>
#include <cstdint>

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

// What events of several accounts may have in common.
enum class Trait : std::uint8_t {
  kHost,      // the address; of IPv6 the /64
  kNetwork,   // IPv4 /24, IPv6 /48
  kClient,    // the EHLO name
  kSubject,   // what stays the same of a campaign's subjects
  kPretence,  // the address inside a From display name that is another one
};

// Who else has a trait, without the account that asks. Small numbers, kept exactly up to their bound.
struct TraitSnapshot {
  std::uint8_t honest = 0;      // accounts that use it without harm; 5 stands for any more
  std::uint8_t colleagues = 0;  // of these, those of the same tenant
  std::uint8_t strangers =
      0;  // other tenants with an account to which it came as a stranger lately; 4: or more
  std::uint8_t victims = 0;       // accounts restricted because of strangers who had it; 3: or more
  float guilt = 0;                // the same, each weighed by its standing (suspended: 1), half after a week
  float guilt_of_colleagues = 0;  // the part of it that is of the same tenant and that no person confirmed
  bool is_own = false;            // the account that asks is one of the honest ones
};

// From which countries accounts are used: each country of an account counts once.
struct CountrySnapshot {
  std::uint32_t all = 0;     // countries of accounts
  std::uint32_t here = 0;    // of these, the one asked for
  std::uint32_t tenant = 0;  // likewise of the tenant's accounts
  std::uint32_t tenant_here = 0;
};

// Answers what other accounts have in common with the event at hand. Asked only where it matters
// (strangers, mostly), because a look-up costs more than a habit. Any thread.
class Neighbours {
 public:
  Neighbours() = default;
  Neighbours(const Neighbours&) = delete;
  Neighbours& operator=(const Neighbours&) = delete;
  virtual ~Neighbours() = default;

  // Zeros when the event has no such trait, or nobody else has it.
  [[nodiscard]] virtual TraitSnapshot with(Trait trait) const = 0;
  // Who is used from the event's country, with the account itself. Zeros when the country is not known.
  [[nodiscard]] virtual CountrySnapshot in_country() const = 0;
};

}  // namespace postreeve
