// The score sheet of one world as JSON: each take-over, each alarm, so that the sheets
// of many worlds can be put together (lab/quality).
//
// Times are seconds since the world began.
#pragma once

#include <string>

#include "lab/score/report.h"

namespace postreeve::lab {

[[nodiscard]] std::string sheet_json(World& world, const Scorer& scorer, const Cost& cost);

}  // namespace postreeve::lab
