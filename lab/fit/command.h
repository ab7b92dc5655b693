// `postreeve-lab fit`: collects samples from several worlds and fits the factors of findings to them.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "lab/fit/fit.h"
#include "lab/world.h"

namespace postreeve::lab {

struct FitArguments {
  WorldOptions world;  // its seed is the first one's; the others follow
  std::uint32_t worlds = 8;
  std::filesystem::path geography;
  std::filesystem::path weights;  // written
  std::string command;            // to say how it was made
  FitOptions options;
};

// Returns the program's exit status.
int fit_weights(const FitArguments& arguments);

}  // namespace postreeve::lab
