// tcp_table requests over any bytes: a key that was read is written and read back the same.
#include <cstdint>
#include <cstdlib>

#include "gate/tcp_table_wire.h"

namespace {

void require(bool holds) {
  if (!holds) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace postreeve;
  const std::string_view line(reinterpret_cast<const char*>(data), size);
  const Result<std::string> key = parse_tcp_table_request(line);
  if (!key) return 0;
  const std::string reply = tcp_table_reply(200, *key);
  require(reply.find('\n') == reply.size() - 1);
  const Result<std::string> again = parse_tcp_table_request("get " + reply.substr(4, reply.size() - 5));
  require(again && *again == *key);
  return 0;
}
