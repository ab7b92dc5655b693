#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include <fmt/format.h>

#include "app/configuration.h"
#include "app/settings.h"

namespace postreeve {
namespace {

void dump_setting(std::string& out, const Setting& setting, const GivenSetting* given) {
  if (given != nullptr) {
    out += fmt::format("{} = {}  # {}\n", setting.name, given->text, given->place.to_string());
  } else if (!setting.fallback.empty()) {
    out += fmt::format("{} = {}  # default\n", setting.name, setting.fallback);
  } else {
    out += fmt::format("# {} is not set\n", setting.name);
  }
}

// The last one wins, as when it was read.
const GivenSetting* find_given(const LoadedConfiguration& loaded, std::string_view section,
                               std::string_view name, std::size_t element) {
  const GivenSetting* found = nullptr;
  for (const GivenSetting& given : loaded.given) {
    if (given.section == section && given.name == name && given.element == element) found = &given;
  }
  return found;
}

void dump_table(std::string& out, const LoadedConfiguration& loaded, const Section& section,
                std::size_t element) {
  out += fmt::format("\n{}\n", heading_of(section));
  for (const Setting& setting : settings()) {
    if (setting.section == section.name)
      dump_setting(out, setting, find_given(loaded, section.name, setting.name, element));
  }
}

// [action.kick], [response.tenant.school]: `name` is that of the section.
void dump_named(std::string& out, const LoadedConfiguration& loaded, const Section& section,
                const std::string& name) {
  out += fmt::format("\n[{}]\n", name);
  const auto dump = [&](const Setting& setting) {
    if (setting.section == section.name)
      dump_setting(out, setting, find_given(loaded, name, setting.name, 0));
  };
  std::ranges::for_each(settings(), dump);
  for (const ConfiguredAction& action : loaded.configuration.response.actions) {
    if (name != "action." + action.settings.name()) continue;
    if (const ActionType* type = find_action_type(action.type))
      std::ranges::for_each(settings_of_action(*type), dump);
  }
}

// In the order in which they were first given.
std::vector<std::string> named_sections(const LoadedConfiguration& loaded, const Section& section) {
  std::vector<std::string> names;
  const std::string before = std::string(section.name) + '.';
  for (const GivenSetting& given : loaded.given) {
    if (given.section.starts_with(before) && std::ranges::find(names, given.section) == names.end())
      names.push_back(given.section);
  }
  return names;
}

}  // namespace

std::string dump_configuration(const LoadedConfiguration& loaded) {
  std::string out = "# The configuration in effect.\n";
  for (const Section& section : sections()) {
    if (section.form == Section::Form::kOne) {
      dump_table(out, loaded, section, 0);
      continue;
    }
    if (section.form == Section::Form::kNamed) {
      for (const std::string& name : named_sections(loaded, section)) dump_named(out, loaded, section, name);
      continue;
    }
    std::size_t elements = 0;
    for (const GivenSetting& given : loaded.given) {
      if (given.section == section.name) elements = std::max(elements, given.element);
    }
    for (std::size_t element = 1; element <= elements; ++element) dump_table(out, loaded, section, element);
  }
  return out;
}

}  // namespace postreeve
