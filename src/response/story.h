// A change of standing, or of the fuse, in plain words, for staff: what happened, why, what got out, what was
// done about it, and the commands that come next.
#pragma once

#include <string>
#include <vector>

#include "base/time.h"
#include "response/task.h"

namespace postreeve {

// "2026-03-01 03:00 UTC"
[[nodiscard]] std::string moment_in_utc(Timestamp time);

// One line: "anna@shop.example is suspended: first login ever from Vietnam".
[[nodiscard]] std::string headline(const Task& task);

// Some paragraphs whose lines end with LF; `rows` are the incident's (told_before.h).
[[nodiscard]] std::string story(const Task& task, const std::vector<OutboxRow>& rows);

}  // namespace postreeve
