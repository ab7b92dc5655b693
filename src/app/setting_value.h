// Reads one value of the configuration file as its setting wants it.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include <toml++/toml.h>

#include "app/configuration.h"
#include "app/settings.h"

namespace postreeve {

// The file that is being read: names problems and resolves relative paths.
struct FileContext {
  std::string name;
  std::filesystem::path directory;
  std::vector<ConfigurationProblem>& problems;
};

// Returns the value, or nullopt after having reported everything that is wrong with it.
[[nodiscard]] std::optional<SettingValue> read_setting(const Setting& setting, const toml::node& node,
                                                       FileContext& file);

[[nodiscard]] Place place_of(const toml::node& node, const std::string& file);

}  // namespace postreeve
