#include "replay/numbers.h"

#include <fmt/format.h>

namespace postreeve {

std::string with_commas(std::uint64_t number) {
  std::string digits = fmt::to_string(number);
  for (std::size_t at = digits.size(); at > 3;) {
    at -= 3;
    digits.insert(at, 1, ',');
  }
  return digits;
}

std::string counted(std::uint64_t number, std::string_view one, std::string_view many) {
  return fmt::format("{} {}", with_commas(number), number == 1 ? one : many);
}

std::string readable_time(Timestamp time) {
  std::string text = format_rfc3339(time).substr(0, 19);  // without milliseconds and zone
  text[10] = ' ';
  return text;
}

}  // namespace postreeve
