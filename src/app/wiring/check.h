// One thing that `postreeve doctor` looked at, and what it found.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace postreeve {

enum class CheckResult : std::uint8_t { kPass, kSkip, kWarn, kFail };
[[nodiscard]] std::string_view to_text(CheckResult outcome) noexcept;  // "PASS"

struct Check {
  CheckResult outcome{};
  std::string name;   // "postfix.policy": kept, so that monitoring can know it
  std::string found;  // one plain sentence
  std::string fix;    // what to do; empty when nothing is to be done
};
using Checks = std::vector<Check>;

// The most severe: FAIL, WARN, PASS; SKIP only when nothing else was found.
[[nodiscard]] CheckResult worst_of(const Checks& checks) noexcept;

// A line a check, and one with the fix below it.
[[nodiscard]] std::string checks_as_table(const Checks& checks);
// [{"outcome":"PASS","name":...,"found":...,"fix":...}], a line.
[[nodiscard]] std::string checks_as_json(const Checks& checks);
// One line as Nagios reads it: "POSTREEVE CRITICAL - 1 FAIL, 2 WARN: ...".
[[nodiscard]] std::string checks_as_plugin(const Checks& checks);

}  // namespace postreeve
