// Configuration files for tests.
#pragma once

#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "app/configuration.h"
#include "base/temporary_folder.h"

namespace postreeve {

// A directory of them that is gone after the test.
class ConfigurationFiles : public ::testing::Test {
 protected:
  explicit ConfigurationFiles(std::string main = "postreeve.toml") : main_(std::move(main)) {}

  void write(const std::string& name, std::string_view text) const {
    std::filesystem::create_directories((directory_ / name).parent_path());
    std::ofstream(directory_ / name) << text;
  }
  [[nodiscard]] LoadedConfiguration load() const { return load_configuration(directory_ / main_); }
  [[nodiscard]] LoadedConfiguration load(std::string_view text) const {
    write(main_, text);
    return load();
  }
  // Without the directory's name.
  [[nodiscard]] std::vector<std::string> problems_of(std::string_view text) const {
    std::vector<std::string> texts;
    for (const auto& problem : load(text).problems)
      texts.push_back(problem.to_string().substr(directory_.string().size() + 1));
    return texts;
  }

  TemporaryFolder folder_{"configuration"};
  const std::filesystem::path& directory_ = folder_.path();
  std::string main_;
};

}  // namespace postreeve
