// One world, scored: what `postreeve-lab score` does.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "lab/score/nodes.h"
#include "lab/score/scorer.h"
#include "lab/world.h"

namespace postreeve::lab {

enum class DisasterKind : std::uint8_t {
  kNone,
  kShuffledGeography,  // the geography file gives way to one whose rows are shuffled
  kOneAddress,         // every client seems to come from one address
};

struct ScoreOptions {
  WorldOptions world;
  ScorerOptions scorer;
  std::vector<std::string> left_out;  // detectors
  std::string neighbour;              // a rule that judges instead of Postreeve
  std::size_t nodes = 0;              // beside the one in memory, on `servers`; 0: none
  Nodes::Servers servers;
  double shift = 0;  // nats that are added to every account's risk
  DisasterKind disaster = DisasterKind::kNone;
  std::uint32_t disaster_day = 0;   // it begins at ten in the morning of this day
  std::filesystem::path geography;  // MMDB
  bool without_geography = false;   // the engine gets none, as on a first replay
  std::filesystem::path shuffled_geography;
  std::filesystem::path weights;  // factors of findings as a fit writes them; empty: as compiled in
  bool as_sheet = false;          // JSON for lab/quality, else tables for people
};

// Prints the score; the exit code of the program.
int score(ScoreOptions options);

}  // namespace postreeve::lab
