// Makes any bytes fit to be shown: valid UTF-8 without what moves a terminal's cursor.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace postreeve {

// How many bytes the UTF-8 sequence (RFC 3629) at the front of `text` has; 0 when there is none.
[[nodiscard]] std::size_t utf8_length(std::string_view text) noexcept;

// Broken sequences become U+FFFD, C0 and C1 controls and DEL '?'.
[[nodiscard]] std::string printable(std::string_view text);

// How many characters it has: bytes that continue a sequence are not counted. Wide characters count as one.
[[nodiscard]] std::size_t characters(std::string_view text) noexcept;

}  // namespace postreeve
