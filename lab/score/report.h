// The score as tables for people.
#pragma once

#include <string>
#include <vector>

#include "lab/score/scorer.h"

namespace postreeve::lab {

struct Cost {
  double seconds = 0;                // of the whole run, with the making of the traffic
  std::vector<double> record_bytes;  // of each account; empty for neighbours
  std::vector<double> nanoseconds;   // of single calls of observe
};

[[nodiscard]] std::string report_text(World& world, const Scorer& scorer, const Cost& cost);

}  // namespace postreeve::lab
