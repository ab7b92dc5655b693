#include "app/logfmt.h"

#include "base/printable.h"

namespace postreeve {

std::string logfmt_value(std::string_view text) {
  std::string shown = printable(text);
  if (!shown.empty() && shown.find_first_of(" =\"") == std::string::npos) return shown;
  std::string quoted = "\"";
  for (const char c : shown) {
    if (c == '"' || c == '\\') quoted += '\\';
    quoted += c;
  }
  return quoted + '"';
}

}  // namespace postreeve
