// The password with which we log in somewhere, or others with us.
#pragma once

#include <string>

#include "base/result.h"

namespace postreeve {

// The first line of the file, without its end; "" when no file is given (an empty path). Read again at every
// attempt, so that a new password needs no restart. kUnavailable when it cannot be read, holds no line or
// more than 4,000 bytes: somebody may be about to write it. Any thread.
[[nodiscard]] Result<std::string> read_password(const std::string& path);

}  // namespace postreeve
