#include "app/configuration_page.h"

#include <string_view>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "app/settings.h"

namespace postreeve {
namespace {

constexpr std::string_view kIntroduction = R"(# Configuration

<!-- Made from the table in src/app/settings_table.cc; do not edit. `POSTREEVE_UPDATE=1 app_test` writes it anew. -->

Postreeve needs no configuration: without any file everything has the default given below. It reads
`/etc/postreeve/postreeve.toml` when that exists, or the file named with `--config`, then the files
`conf.d/*.toml` beside it in the order of their names. A setting in a later file replaces the same setting of an
earlier one; `[[tenant]]` and `[[limit]]` add up. The format is [TOML](https://toml.io/en/v1.0.0).

* Times are written `"90s"`, `"10m"`, `"2h"`, `"30d"`, `"1w"` or as sums, `"1h30m"`.
* Rates are written `"30/1h"`: thirty within one hour.
* Networks are written `"192.0.2.0/24"` or `"2001:db8::/32"`, countries as two letters, `"DE"`.
* File names are relative to the directory of the file they stand in.

`postreeve check-config` says whether a configuration is right. It reports everything that is wrong with it, each
with file, line and column, and ends with exit code 78 then. `postreeve check-config --dump` prints every setting in
effect and where its value comes from. An unknown setting is an error.
)";

constexpr std::string_view kTableHead =
    "| setting | meaning | type | default | bounds | example | restart |\n|---|---|---|---|---|---|---|\n";

std::string type_of(const Setting& setting) {
  const auto choices = choices_of(setting);
  std::string text(to_text(setting.type));
  if (!choices.empty()) text += fmt::format(" `{}`", fmt::join(choices, "`, `"));
  if (!setting.unit.empty()) text += fmt::format(", {}", setting.unit);
  return text;
}

std::string bound(const Setting& setting, double value) {
  const bool is_time = setting.type == SettingType::kDuration || setting.type == SettingType::kRate;
  if (!is_time) return fmt::to_string(value);
  return format_duration(std::chrono::seconds{static_cast<long>(value)});
}

std::string bounds_of(const Setting& setting) {
  if (setting.least == setting.most) return "";
  return fmt::format("{} to {}", bound(setting, setting.least), bound(setting, setting.most));
}

std::string code(std::string_view text) {
  return text.empty() ? std::string{} : fmt::format("`{}`", text);
}

std::string row(const Setting& setting) {
  return fmt::format("| `{}` | {} | {} | {} | {} | {} | {} |\n", setting.name, setting.sentence,
                     type_of(setting), code(setting.fallback), bounds_of(setting), code(setting.example),
                     setting.needs_restart ? "yes" : "no");
}

std::string kinds_of_actions() {
  std::string text;
  for (const ActionType& type : action_types()) {
    text += fmt::format("\n### `type = \"{}\"`\n\n{}\n\n{}", type.name, as_sentence(type.means), kTableHead);
    for (const Setting& setting : settings_of_action(type)) text += row(setting);
  }
  return text;
}

}  // namespace

std::string configuration_page() {
  std::string page(kIntroduction);
  for (const Section& section : sections()) {
    page += fmt::format("\n## `{}`\n\n{}\n\n{}", heading_of(section), section.sentence, kTableHead);
    for (const Setting& setting : settings()) {
      if (setting.section == section.name) page += row(setting);
    }
    if (section.name == "action") page += kinds_of_actions();
  }
  return page;
}

}  // namespace postreeve
