// Gives up root before anything but the configuration is read: key and passwords are the user's to read,
// since passwords are read again at every connection, and the configuration's files at every reload.
#pragma once

#include "app/serving.h"
#include "base/result.h"

namespace postreeve {

// Becomes the configured user; nothing happens without one. Folders of the state and the control socket that
// are not there are made and given to that user; those that are there stay whose they are. kUnavailable: no
// such user, not root, or a folder in which the user cannot make files.
[[nodiscard]] Result<void> become_user(const Serving& serving);

}  // namespace postreeve
