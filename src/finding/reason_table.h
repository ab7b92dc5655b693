// What belongs to each Reason: its detector, its group, its English sentence.
#pragma once

#include <string_view>

#include "finding/evidence.h"

namespace postreeve {

struct ReasonRow {
  Reason reason;
  DetectorId detector;
  Group group;
  // A format with {0} to {3} for the evidence's arguments.
  std::string_view sentence;
};

[[nodiscard]] const ReasonRow& row_of(Reason reason) noexcept;

}  // namespace postreeve
