#include "base/error_word.h"

#include <array>

namespace postreeve {
namespace {

// In the order of ErrorCode. Told to older and newer programs: never renamed.
constexpr std::array<std::string_view, 6> kWords{"invalid_input", "not_found",      "conflict",
                                                 "unavailable",   "limit_exceeded", "corrupt"};
static_assert(static_cast<std::size_t>(ErrorCode::kCorrupt) + 1 == kWords.size());

}  // namespace

std::string_view to_text(ErrorCode code) noexcept {
  return kWords[static_cast<std::size_t>(code)];
}

std::optional<ErrorCode> error_code_from(std::string_view word) noexcept {
  for (std::size_t i = 0; i < kWords.size(); ++i) {
    if (kWords[i] == word) return static_cast<ErrorCode>(i);
  }
  return std::nullopt;
}

}  // namespace postreeve
