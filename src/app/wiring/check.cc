#include "app/wiring/check.h"

#include <algorithm>
#include <array>
#include <utility>

#include <fmt/format.h>

#include "base/json_writer.h"
#include "base/printable.h"

namespace postreeve {

std::string_view to_text(CheckResult outcome) noexcept {
  constexpr std::array<std::string_view, 4> kTexts{"PASS", "SKIP", "WARN", "FAIL"};
  return kTexts[static_cast<std::size_t>(outcome)];
}

CheckResult worst_of(const Checks& checks) noexcept {
  bool has_passed = false;
  auto worst = CheckResult::kSkip;
  for (const Check& check : checks) {
    has_passed |= check.outcome == CheckResult::kPass;
    worst = std::max(worst, check.outcome);
  }
  return worst == CheckResult::kSkip && has_passed ? CheckResult::kPass : worst;
}

std::string checks_as_table(const Checks& checks) {
  std::string text;
  for (const Check& check : checks) {
    text += fmt::format("{}  {}: {}\n", to_text(check.outcome), check.name, printable(check.found));
    if (!check.fix.empty()) text += fmt::format("      fix: {}\n", printable(check.fix));
  }
  return text;
}

std::string checks_as_json(const Checks& checks) {
  fmt::memory_buffer out;
  JsonWriter json(out);
  json.begin_array();
  for (const Check& check : checks) {
    json.begin_object().key("outcome").text(to_text(check.outcome)).key("name").text(check.name);
    json.key("found").text(check.found).key("fix").text(check.fix).end_object();
  }
  json.end_array();
  return fmt::to_string(out) + "\n";
}

std::string checks_as_plugin(const Checks& checks) {
  constexpr std::array<std::string_view, 4> kWords{"OK", "UNKNOWN", "WARNING", "CRITICAL"};
  const auto count = [&](CheckResult outcome) {
    return std::ranges::count(checks, outcome, &Check::outcome);
  };
  std::string text = fmt::format(
      "POSTREEVE {} - {} FAIL, {} WARN, {} PASS", kWords[static_cast<std::size_t>(worst_of(checks))],
      count(CheckResult::kFail), count(CheckResult::kWarn), count(CheckResult::kPass));
  std::string_view divider = ": ";
  for (const CheckResult outcome : {CheckResult::kFail, CheckResult::kWarn}) {
    for (const Check& check : checks) {
      if (check.outcome != outcome) continue;
      auto found = printable(check.found);
      std::ranges::replace(found, '|', '/');  // behind a bar stand performance data
      text += fmt::format("{}{}: {}", std::exchange(divider, "; "), check.name, found);
    }
  }
  return text + "\n";
}

}  // namespace postreeve
