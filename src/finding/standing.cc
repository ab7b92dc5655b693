#include "finding/standing.h"

#include <fmt/format.h>

#include <array>

namespace postreeve {

std::string_view to_text(Level level) noexcept {
  static constexpr std::array<std::string_view, 6> kTexts{"clear",  "watched", "recovering",
                                                          "slowed", "held",    "suspended"};
  return kTexts[static_cast<std::size_t>(level)];
}

std::string_view to_text(Scope scope) noexcept {
  return scope == Scope::kWholeAccount ? "whole_account" : "unfamiliar_origins";
}

std::string IncidentId::to_string() const {
  return fmt::format("{:016x}", value);
}

}  // namespace postreeve
