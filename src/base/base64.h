// BASE64 (RFC 4648 4), with padding and without line breaks.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace postreeve {

[[nodiscard]] std::string to_base64(std::string_view bytes);
// nullopt for what is none.
[[nodiscard]] std::optional<std::string> from_base64(std::string_view text);

}  // namespace postreeve
