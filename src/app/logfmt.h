// One line of a log that is found with grep: key=value, quoted when it is not one plain word.
#pragma once

#include <string>
#include <string_view>

namespace postreeve {

[[nodiscard]] std::string logfmt_value(std::string_view text);

}  // namespace postreeve
