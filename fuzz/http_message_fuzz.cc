// HTTP requests: the same request comes out however the bytes are cut, and the bounds hold.
#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <optional>
#include <string>
#include <string_view>

#include "http/message_parser.h"

namespace {

constexpr std::size_t kMostBody = 1000;

std::optional<postreeve::HttpRequest> parse(std::string_view input, std::size_t piece) {
  const postreeve::HttpLimits limits{.header_bytes = 4000, .body_bytes = kMostBody};
  postreeve::HttpMessageParser parser(limits);
  std::string unread;
  while (!parser.is_done() && !parser.refusal() && !input.empty()) {
    unread += input.substr(0, piece);
    input.remove_prefix(std::min(piece, input.size()));
    unread.erase(0, parser.put(unread));
    if (parser.body_bytes() > kMostBody) std::abort();
  }
  if (parser.refusal() || !parser.is_done()) return std::nullopt;
  return parser.take();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  const auto whole = parse(input, std::max<std::size_t>(size, 1));
  const auto pieces = parse(input, 7);
  if (whole.has_value() != pieces.has_value()) std::abort();
  if (!whole) return 0;
  if (whole->method != pieces->method || whole->path != pieces->path || whole->body != pieces->body ||
      whole->headers != pieces->headers)
    std::abort();
  if (!whole->path.starts_with('/')) std::abort();
  return 0;
}
