// The configuration: files to values, or to a list of everything that is wrong with them.
//
// One TOML file and the files conf.d/*.toml beside it, in the order of their names. What stands in a later
// file replaces what stood in an earlier one; [[tenant]] and [[limit]] add up. Without any file everything
// has its default. Which settings there are says settings.h.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "app/serving.h"
#include "base/result.h"
#include "judge/policy.h"
#include "response/actions.h"

namespace postreeve {

// Used when no file is named and this one exists.
inline constexpr std::string_view kDefaultConfigurationFile = "/etc/postreeve/postreeve.toml";

struct Configuration {
  std::string default_domain;
  std::string aliases_file;
  std::string canaries_file;
  std::vector<std::string> geography_files;
  std::string time_zone = "UTC";
  Policy policy;
  Serving serving;
  ResponseSettings response;
  // What is in effect until a restart, as written: "[guard] threads" -> "4".
  std::map<std::string, std::string, std::less<>> until_restart = {};
};

// "[guard] threads": what needs a restart and is written in one of them otherwise, or not at all. Sorted.
[[nodiscard]] std::vector<std::string> changed_until_restart(const Configuration& before,
                                                             const Configuration& fresh);

// Where something stands; line and column count from 1, 0 when it is about the whole file or line.
struct Place {
  std::string file;
  std::uint32_t line = 0;
  std::uint32_t column = 0;

  // "postreeve.toml:12:3", "aliases:7", "postreeve.toml"
  [[nodiscard]] std::string to_string() const;
};

// One plain sentence, what is wrong and what to write instead.
struct ConfigurationProblem {
  Place place;
  std::string text;

  [[nodiscard]] std::string to_string()
      const;  // "postreeve.toml:12:3: unknown setting 'x'; did you mean 'y'?"
};

// A setting as it is in effect: as written in a file.
struct GivenSetting {
  std::string section;      // "ladder", "limit"; with its name where there may be several: "action.kick"
  std::size_t element = 0;  // which [[section]] of the same name, from 1; 0 for others
  std::string name;
  std::string text;  // TOML
  Place place;
};

struct LoadedConfiguration {
  Configuration configuration;                 // meaningless when there are problems
  std::vector<ConfigurationProblem> problems;  // those of a file in the order of its lines
  std::vector<ConfigurationProblem> warnings;  // allowed, but surely not meant
  std::vector<GivenSetting> given;
  std::vector<std::string> files;  // read, in order
};

// Reads `file` and conf.d beside it, and the lists they name. Never throws on content.
[[nodiscard]] LoadedConfiguration load_configuration(const std::filesystem::path& file);

// Reads the file that was named; without a name the default file when it exists, else nothing.
[[nodiscard]] LoadedConfiguration load_configuration_or_default(const std::optional<std::string>& named);

// The effective configuration as TOML: every setting, with a comment where its value comes from.
[[nodiscard]] std::string dump_configuration(const LoadedConfiguration& loaded);

}  // namespace postreeve
