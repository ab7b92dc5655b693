#include "finding/verdict.h"

#include <array>

namespace postreeve {

std::string_view to_text(Action action) noexcept {
  static constexpr std::array<std::string_view, 5> kTexts{"accept", "defer", "divert", "hold", "reject"};
  return kTexts[static_cast<std::size_t>(action)];
}

std::string_view to_text(Reply reply) noexcept {
  static constexpr std::array<std::string_view, 7> kTexts{
      "",
      "451 4.7.1 Too many new recipients from an unfamiliar place; please try again later",
      "450 4.7.28 Too much mail at once; please try again later",
      "452 4.5.3 Too many recipients in one message",
      "451 4.7.1 This account seems to be abused; please contact support",
      "525 5.7.13 This account is disabled; please contact support",
      "554 5.7.1 Not allowed for this account"};
  return kTexts[static_cast<std::size_t>(reply)];
}

}  // namespace postreeve
