// tcp_table(5): "get KEY" is answered with "200 VALUE", "500 not found" or "400 reason"; KEY, VALUE and
// reason are percent-encoded, a line each.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"

namespace postreeve {

// The decoded key of a request line without its line break. kInvalidInput: no "get", or a % that no two
// hexadecimal digits follow.
[[nodiscard]] Result<std::string> parse_tcp_table_request(std::string_view line);
// "200 451%204.7.1%20abused\n": what is not printable ASCII, space and % are encoded.
[[nodiscard]] std::string tcp_table_reply(int code, std::string_view text);

}  // namespace postreeve
