// What each finding is worth beside all others: factors on the nats that detectors give.
//
// Detectors weigh by formulas from publications and cases, each by itself; findings of one
// event are not independent of each other. The factors were fitted on the lab's development traffic
// (`postreeve-lab fit`, docs/quality.md), which writes weights.cc.
#pragma once

#include "finding/evidence.h"

namespace postreeve {

struct ReasonWeight {
  Reason reason{};
  float strange = 1;  // at a stranger's place
  float usual = 1;    // where the owner is, or nothing is known of places
};

// Applies to findings against the owner only; what speaks for the owner is worth its nats.
[[nodiscard]] float factor_of(Reason reason, bool strange) noexcept;

}  // namespace postreeve
