#include "gate/tcp_table_wire.h"

#include <charconv>

#include <fmt/format.h>

namespace postreeve {
namespace {

// -1 for what is no hexadecimal number of two digits.
int byte_of(std::string_view digits) {
  int value = -1;
  const char* const end = digits.data() + digits.size();
  if (digits.size() != 2 || digits.front() == '-') return -1;
  const auto [stop, status] = std::from_chars(digits.data(), end, value, 16);
  return status == std::errc() && stop == end ? value : -1;
}

}  // namespace

Result<std::string> parse_tcp_table_request(std::string_view line) {
  constexpr std::string_view kGet = "get ";
  if (!line.starts_with(kGet)) return fail(ErrorCode::kInvalidInput, "only get is known");
  line.remove_prefix(kGet.size());
  std::string key;
  key.reserve(line.size());
  for (std::size_t i = 0; i < line.size(); ++i) {
    if (line[i] != '%') {
      key += line[i];
      continue;
    }
    const int byte = byte_of(line.substr(i + 1, 2));
    if (byte < 0) return fail(ErrorCode::kInvalidInput, "a % without two hexadecimal digits");
    key += static_cast<char>(byte);
    i += 2;
  }
  return key;
}

std::string tcp_table_reply(int code, std::string_view text) {
  std::string line = fmt::format("{} ", code);
  for (const char c : text) {
    if (c > ' ' && c <= '~' && c != '%') {
      line += c;
    } else {
      line += fmt::format("%{:02X}", static_cast<unsigned char>(c));
    }
  }
  line += '\n';
  return line;
}

}  // namespace postreeve
