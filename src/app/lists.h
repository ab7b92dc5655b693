// The plain files that the configuration names: aliases and canaries, an entry a line.
//
// '#' begins a comment at the start of a line or after white space. What is wrong is reported with its line;
// the rest of the file is read all the same.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "app/configuration.h"
#include "base/result.h"
#include "judge/policy.h"

namespace postreeve {

// Reads a whole file. kNotFound, kUnavailable (no permission) or kInvalidInput (a directory) with a
// sentence that does not name the file.
[[nodiscard]] Result<std::string> read_text_file(const std::filesystem::path& file);

// Adds a canary address, or a pattern when it holds a '*'. Returns what is wrong with it and adds
// nothing then; empty when nothing is.
std::string add_canary(std::string_view text, CanaryList& canaries);

// "trap@example.org" a line.
void read_canaries(std::string_view text, const std::string& file, CanaryList& canaries,
                   std::vector<ConfigurationProblem>& problems);

using Aliases = std::unordered_map<std::string, std::unordered_set<std::string>>;

// "account address... @domain" a line, divided by white space or commas; several lines of one account add up.
// Bare accounts get `default_domain`.
struct AliasReader {
  std::string file;
  std::string default_domain;

  void read(std::string_view text, Aliases& aliases, std::vector<ConfigurationProblem>& problems) const;
};

}  // namespace postreeve
