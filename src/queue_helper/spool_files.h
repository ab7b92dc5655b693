// Reads files of a spool that belongs to a less trusted user than we are.
#pragma once

#include <cstddef>
#include <functional>
#include <string>

#include "base/result.h"

namespace postreeve {

struct SpoolFile {
  std::string bytes;
  bool is_whole = false;
  bool is_executable = false;  // by its owner: how Postfix marks files that are complete
};

// Its first `most_bytes` bytes. Follows no symbolic link, waits for no pipe or device. kNotFound: it is gone,
// or none of our business.
[[nodiscard]] Result<SpoolFile> read_spool_file(const std::string& path, std::size_t most_bytes);

// Calls `see(path, name)` for each entry below `folder` that is no folder, at most three folders deep.
// Follows no link. Folders that are gone or cannot be read are passed over.
void walk_spool(const std::string& folder,
                const std::function<void(const std::string& path, const std::string& name)>& see);

}  // namespace postreeve
