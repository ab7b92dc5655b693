#include <algorithm>
#include <string>

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
const GivenSetting* find_given(const LoadedConfiguration& loaded, const Setting& setting,
                               std::size_t element) {
  const GivenSetting* found = nullptr;
  for (const GivenSetting& given : loaded.given) {
    if (given.section == setting.section && given.name == setting.name && given.element == element)
      found = &given;
  }
  return found;
}

void dump_table(std::string& out, const LoadedConfiguration& loaded, const Section& section,
                std::size_t element) {
  out += section.is_list ? fmt::format("\n[[{}]]\n", section.name) : fmt::format("\n[{}]\n", section.name);
  for (const Setting& setting : settings()) {
    if (setting.section == section.name) dump_setting(out, setting, find_given(loaded, setting, element));
  }
}

}  // namespace

std::string dump_configuration(const LoadedConfiguration& loaded) {
  std::string out = "# The configuration in effect.\n";
  for (const Section& section : sections()) {
    if (!section.is_list) {
      dump_table(out, loaded, section, 0);
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
