// Judges with other factors of findings than the ones compiled in: what a fit without some
// families would have given.
#pragma once

#include <filesystem>

namespace postreeve::lab {

// Reads the rows of a file as `postreeve-lab fit --weights` writes it. False when the file does not
// have a row for every reason; then nothing changes. Call before the first engine is made.
bool use_weights(const std::filesystem::path& file);

}  // namespace postreeve::lab
