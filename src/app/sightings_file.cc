#include "app/sightings_file.h"

#include <filesystem>
#include <fstream>
#include <iterator>
#include <system_error>

#include "base/whole_file.h"

namespace postreeve {

Result<void> save_sightings(const Guard& guard, const std::string& file) {
  return write_whole_file(file, guard.sightings());
}

Result<void> take_sightings(Guard& guard, const std::string& file) {
  std::ifstream stream(file, std::ios::binary);
  const std::string bytes{std::istreambuf_iterator<char>(stream), {}};
  std::error_code failure;
  // Once only: what was seen is told of once, too.
  if (!std::filesystem::remove(file, failure) && !failure) return {};
  if (failure) return fail(ErrorCode::kUnavailable, file + ": " + failure.message());
  if (guard.restore_sightings(bytes)) return {};
  return fail(ErrorCode::kCorrupt, file + ": it was not written by this version, and is gone");
}

}  // namespace postreeve
