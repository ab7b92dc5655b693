// Postfix lines: the first line of the input is the service, the rest the message.
// Whatever comes in, every text of the record lies inside the message.
#include <cstdint>
#include <string_view>

#include "intake/grammars.h"
#include "record_views.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  const auto end = input.find('\n');
  if (end == std::string_view::npos) return 0;
  const auto message = input.substr(end + 1);
  postreeve::check_views(postreeve::parse_postfix(input.substr(0, end), message), message);
  return 0;
}
