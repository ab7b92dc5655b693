// Gives up root before anything from outside is read.
#pragma once

#include "app/serving.h"
#include "base/result.h"

namespace postreeve {

// Makes the directories of the state and the control socket, gives them to the configured user and becomes
// that user. Nothing happens without a user. kUnavailable: no such user, or not root.
[[nodiscard]] Result<void> become_user(const Serving& serving);

}  // namespace postreeve
