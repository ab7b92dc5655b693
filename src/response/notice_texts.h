// The notices as they are shipped: the files notices/*.txt, compiled in.
#pragma once

#include <string_view>

namespace postreeve {

// By language: "en", "de", "ja", "pl". Empty for any other.
[[nodiscard]] std::string_view notice_texts(std::string_view name) noexcept;

}  // namespace postreeve
