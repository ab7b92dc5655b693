// Exim lines. Whatever comes in, every text of the record lies inside the message.
#include <cstdint>
#include <string_view>

#include "intake/grammars.h"
#include "record_views.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view message(reinterpret_cast<const char*>(data), size);
  postreeve::check_views(postreeve::parse_exim(message), message);
  return 0;
}
