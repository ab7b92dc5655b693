// As in leave_out.cc: the engine asks factor_of(), and this program brings its own, which the linker
// finds before the one in the library.
#include "lab/score/weights_file.h"

#include <fstream>
#include <optional>
#include <regex>
#include <string>
#include <vector>

#include "judge/weights.h"
#include "lab/fit/reason_names.h"

#define factor_of factor_compiled_in  // NOLINT: one table, two names
#include "judge/weights.cc"
#undef factor_of

namespace postreeve {
namespace {

// Empty: as compiled in.
std::vector<ReasonWeight>& chosen() {
  static std::vector<ReasonWeight> weights;
  return weights;
}

}  // namespace

float factor_of(Reason reason, bool strange) noexcept {
  if (chosen().empty()) return factor_compiled_in(reason, strange);
  const ReasonWeight& weight = chosen()[static_cast<std::size_t>(reason)];
  return strange ? weight.strange : weight.usual;
}

namespace lab {
namespace {

// "    {kNewCountry, 1.10F, 0.90F}," is a row; anything else is none.
std::optional<ReasonWeight> row_of(const std::string& line, Reason expected) {
  static const std::regex kRow(R"(\s*\{(k\w+), ([0-9.]+)F, ([0-9.]+)F\},)");
  std::smatch parts;
  if (!std::regex_match(line, parts, kRow) || parts[1].str() != name_of(expected)) return std::nullopt;
  return ReasonWeight{expected, std::stof(parts[2]), std::stof(parts[3])};
}

}  // namespace

bool use_weights(const std::filesystem::path& file) {
  std::ifstream source(file);
  std::vector<ReasonWeight> weights;
  for (std::string line; weights.size() < kReasonCount && std::getline(source, line);) {
    const auto row = row_of(line, static_cast<Reason>(weights.size()));
    if (row) weights.push_back(*row);
  }
  if (weights.size() < kReasonCount) return false;
  chosen() = std::move(weights);
  return true;
}

}  // namespace lab
}  // namespace postreeve
