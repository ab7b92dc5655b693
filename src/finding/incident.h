// The story of one take-over, as values: what the judge tells when a standing
// changes. The durable story is the ledger's (store) or a report's (replay).
#pragma once

#include <cstdint>

#include "base/time.h"
#include "finding/evidence.h"
#include "finding/standing.h"

namespace postreeve {

// What got out before: messages and recipients accepted from origins that were then found to be
// suspicious, since the first of them.
struct Outgo {
  std::uint32_t messages = 0;
  std::uint32_t recipients = 0;
  std::uint32_t since = 0;  // seconds; 0 when nothing got out

  friend bool operator==(const Outgo&, const Outgo&) = default;
};

// An account's standing became another one.
struct StandingChange {
  Timestamp time{};
  Standing before;
  Standing after;
  Outgo outgo;
  bool opens_incident = false;
  // The fuse is out: nothing was restricted, a person must look.
  bool observed_only = false;
  // Grows with each change of an account while the process runs: which of two came later. 0: not known.
  std::uint64_t number = 0;
};

}  // namespace postreeve
