// A report as one JSON object, for programs (docs/replay.md).
#pragma once

#include <string>

#include "base/json_writer.h"
#include "replay/compare.h"
#include "replay/report.h"

namespace postreeve {

// Indented, with a line break at the end.
[[nodiscard]] std::string report_as_json(const Report& report);
// {"a":report,"b":report,"differences":[...]}
[[nodiscard]] std::string comparison_as_json(const Comparison& comparison);

}  // namespace postreeve
