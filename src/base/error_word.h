// The words by which an ErrorCode is told to other programs.
#pragma once

#include <optional>
#include <string_view>

#include "base/result.h"

namespace postreeve {

[[nodiscard]] std::string_view to_text(ErrorCode code) noexcept;  // "invalid_input"
[[nodiscard]] std::optional<ErrorCode> error_code_from(std::string_view word) noexcept;

}  // namespace postreeve
