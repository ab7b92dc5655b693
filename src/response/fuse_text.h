// The fuse in plain words, for staff: what it means that it is out, what it often comes from, what to do.
#pragma once

#include <string>

#include "response/task.h"

namespace postreeve {

// Requires a task that is about the fuse.
[[nodiscard]] std::string fuse_headline(const Task& task);
[[nodiscard]] std::string fuse_story(const Task& task);

}  // namespace postreeve
