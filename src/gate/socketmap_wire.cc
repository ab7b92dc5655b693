#include "gate/socketmap_wire.h"

#include <fmt/format.h>

#include "base/ascii.h"

namespace postreeve {

Result<std::size_t> netstring_size(std::string_view input) {
  std::size_t length = 0;
  std::size_t digits = 0;
  while (digits < input.size() && is_digit(input[digits])) {
    length = length * 10 + static_cast<std::size_t>(input[digits++] - '0');
    if (length > kMostSocketmapBytes) return fail(ErrorCode::kLimitExceeded, "too large a netstring");
    if (digits > 1 && input.front() == '0') return fail(ErrorCode::kInvalidInput, "a length with zeros");
  }
  if (digits == input.size()) return std::size_t{0};
  if (digits == 0 || input[digits] != ':') return fail(ErrorCode::kInvalidInput, "no netstring");
  const std::size_t size = digits + 1 + length + 1;
  if (input.size() < size) return std::size_t{0};
  if (input[size - 1] != ',') return fail(ErrorCode::kInvalidInput, "a netstring without its comma");
  return size;
}

std::string_view netstring_content(std::string_view netstring) noexcept {
  netstring.remove_prefix(netstring.find(':') + 1);
  netstring.remove_suffix(1);
  return netstring;
}

std::string to_netstring(std::string_view content) {
  return fmt::format("{}:{},", content.size(), content);
}

Result<SocketmapRequest> parse_socketmap_request(std::string_view content) {
  const std::size_t space = content.find(' ');
  if (space == std::string_view::npos || space == 0) return fail(ErrorCode::kInvalidInput, "no map and key");
  return SocketmapRequest{.map = content.substr(0, space), .key = content.substr(space + 1)};
}

}  // namespace postreeve
