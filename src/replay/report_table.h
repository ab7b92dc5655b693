// A report for people: plain words in aligned columns.
#pragma once

#include <string>

#include "replay/compare.h"
#include "replay/report.h"

namespace postreeve {

struct TableStyle {
  bool colour = false;  // headings in bold, standings in colour
};

[[nodiscard]] std::string report_as_table(const Report& report, TableStyle style);
[[nodiscard]] std::string comparison_as_table(const Comparison& comparison, TableStyle style);

}  // namespace postreeve
