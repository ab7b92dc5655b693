// socketmap_table(5): requests "name key" and replies "OK data", "NOTFOUND ", "PERM reason", each as a
// netstring "5:hello,".
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "base/result.h"

namespace postreeve {

// Of a netstring's content; a login is far shorter.
inline constexpr std::size_t kMostSocketmapBytes = 8UL * 1024;

// How many bytes at the front are one netstring; 0: it is not whole. kInvalidInput: it is none;
// kLimitExceeded: its content is larger than kMostSocketmapBytes.
[[nodiscard]] Result<std::size_t> netstring_size(std::string_view input);
// Of one whole netstring.
[[nodiscard]] std::string_view netstring_content(std::string_view netstring) noexcept;
[[nodiscard]] std::string to_netstring(std::string_view content);

struct SocketmapRequest {
  std::string_view map;
  std::string_view key;  // may hold spaces
};
// kInvalidInput without a space between map and key.
[[nodiscard]] Result<SocketmapRequest> parse_socketmap_request(std::string_view content);

}  // namespace postreeve
