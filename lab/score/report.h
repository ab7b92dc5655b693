// The score as tables for people and JSON for tools.
#pragma once

#include <string>

#include "lab/score/scorer.h"

namespace postreeve::lab {

struct Timing {
  double seconds = 0;
};

[[nodiscard]] std::string report_text(World& world, const Scorer& scorer, const Timing& timing);
[[nodiscard]] std::string report_json(World& world, const Scorer& scorer, const Timing& timing);

}  // namespace postreeve::lab
