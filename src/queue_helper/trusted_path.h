// Whether a path is root's own: what a program that runs as root may take its configuration from.
#pragma once

#include <string>

#include "base/result.h"

namespace postreeve {

// Nobody but root (or whoever runs this) can change what is at `path`: it and all folders above are theirs
// and others may not write to them; a folder like /tmp, where only owners remove, may be above. A symbolic
// link is none. A relative path, and one with . or .. in it, is not trusted. kInvalidInput says which part.
[[nodiscard]] Result<void> check_trusted_path(const std::string& path);

}  // namespace postreeve
