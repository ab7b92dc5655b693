// Netstrings and socketmap requests over any bytes: what is read is written the same.
#include <cstdint>
#include <cstdlib>

#include "gate/socketmap_wire.h"

namespace {

void require(bool holds) {
  if (!holds) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace postreeve;
  std::string_view input(reinterpret_cast<const char*>(data), size);
  while (!input.empty()) {
    const Result<std::size_t> whole = netstring_size(input);
    if (!whole || *whole == 0) return 0;
    require(*whole <= input.size());
    const std::string_view content = netstring_content(input.substr(0, *whole));
    require(to_netstring(content) == input.substr(0, *whole));
    const Result<SocketmapRequest> request = parse_socketmap_request(content);
    require(!request || request->map.size() + 1 + request->key.size() == content.size());
    input.remove_prefix(*whole);
  }
  return 0;
}
