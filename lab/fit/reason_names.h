// The enumerators' own names, as they stand in the source: GCC says them in __PRETTY_FUNCTION__.
#pragma once

#include <array>
#include <string_view>
#include <utility>

#include "finding/evidence.h"

namespace postreeve::lab {

template <Reason kReason>
constexpr std::string_view name_of_reason() {
  const std::string_view function =
      __PRETTY_FUNCTION__;  // "... [with Reason kReason = postreeve::Reason::kSpam; ..."
  const auto begin = function.rfind("Reason::k") + 8;
  return function.substr(begin, function.find_first_of(";]", begin) - begin);
}

// "kNewCountry"
inline std::string_view name_of(Reason reason) {
  static constexpr auto kNames = []<std::size_t... kIndices>(std::index_sequence<kIndices...>) {
    return std::array{name_of_reason<static_cast<Reason>(kIndices)>()...};
  }(std::make_index_sequence<kReasonCount>{});
  return kNames[static_cast<std::size_t>(reason)];
}

}  // namespace postreeve::lab
