// Reads the networks of geography files (MMDB), so that the lab's people and thieves have addresses of the
// real internet, or of any other.
#pragma once

#include <cstdint>
#include <filesystem>
#include <span>

#include "base/result.h"
#include "lab/geography/geography.h"

namespace postreeve::lab {

// Walks all networks of the first file; country, ASN and position are what the files say together, the
// owner's name is taken from the file that has one. Networks of countries that the lab does not know
// are left out. The same files and seed give the same internet.
// Fails with kNotFound, kCorrupt (not an MMDB) or kInvalidInput (no usable network).
[[nodiscard]] Result<Geography> geography_of(std::span<const std::filesystem::path> files,
                                             std::uint64_t seed);

}  // namespace postreeve::lab
