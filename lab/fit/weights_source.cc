#include <iterator>

#include <fmt/format.h>

#include "lab/fit/fit.h"
#include "lab/fit/reason_names.h"

namespace postreeve::lab {

std::string weights_source(const Fit& fit, const std::string& command) {
  std::string text = fmt::format(R"(// Written by `{}`.
// At risk 0 the fitted traffic's take-overs had {:.1f} % of their first messages restricted, and {:.1f} honest
// accounts in 10,000 account-months.
#include "judge/weights.h"

#include <array>

namespace postreeve {{
namespace {{

using enum Reason;

// One row a reason, in the order of the enumeration: at a stranger's place, at a usual one.
constexpr std::array<ReasonWeight, kReasonCount> kWeights{{{{
)",
                                 command, 100 * fit.caught, 10'000 * fit.false_alarms);
  const auto out = std::back_inserter(text);
  for (std::size_t r = 0; r < kReasonCount; ++r) {
    const auto& [usual, strange] = fit.factors[r];
    fmt::format_to(out, "    {{{}, {:.2f}F, {:.2f}F}},\n", name_of(static_cast<Reason>(r)), strange, usual);
  }
  return text + R"(}};

constexpr bool in_order() {
  for (std::size_t i = 0; i < kWeights.size(); ++i) {
    if (static_cast<std::size_t>(kWeights[i].reason) != i) return false;
  }
  return true;
}
static_assert(in_order(), "a reason was added or moved: give it a row of 1.00F at its place, or fit anew");

}  // namespace

float factor_of(Reason reason, bool strange) noexcept {
  const ReasonWeight& weight = kWeights[static_cast<std::size_t>(reason)];
  return strange ? weight.strange : weight.usual;
}

}  // namespace postreeve
)";
}

}  // namespace postreeve::lab
