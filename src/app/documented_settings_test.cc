// What the documentation writes for a configuration can be copied into one.
#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <regex>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "app/configuration_testing.h"
#include "app/settings.h"

namespace postreeve {
namespace {

using ::testing::IsEmpty;
using ::testing::SizeIs;

struct Piece {
  std::string where;  // "gates/milter.md:5"
  std::string text;
};

std::vector<std::filesystem::path> pages() {
  const std::filesystem::path source = POSTREEVE_SOURCE_DIR;
  std::vector<std::filesystem::path> found{source / "README.md"};
  for (const auto& entry : std::filesystem::recursive_directory_iterator(source / "docs")) {
    if (entry.path().extension() == ".md") found.push_back(entry.path());
  }
  std::ranges::sort(found);
  return found;
}

std::string place(const std::filesystem::path& page, int line) {
  return std::filesystem::relative(page, POSTREEVE_SOURCE_DIR).string() + ':' + std::to_string(line);
}

// The blocks that say that they are TOML.
std::vector<Piece> blocks_of(const std::filesystem::path& page) {
  std::vector<Piece> blocks;
  std::ifstream file(page);
  bool is_inside = false;
  int number = 0;
  for (std::string line; std::getline(file, line);) {
    ++number;
    if (is_inside && line.starts_with("```")) {
      is_inside = false;
    } else if (is_inside) {
      blocks.back().text += line + '\n';
    } else if (line == "```toml") {
      is_inside = true;
      blocks.push_back({place(page, number), {}});
    }
  }
  return blocks;
}

// What is said in passing: `[guard] idle`.
std::vector<Piece> mentions_of(const std::filesystem::path& page) {
  static const std::regex kMention(R"(`\[([a-z_.]+)\] ([a-z_]+))");
  std::vector<Piece> mentions;
  std::ifstream file(page);
  int number = 0;
  for (std::string line; std::getline(file, line);) {
    ++number;
    for (std::sregex_iterator at(line.begin(), line.end(), kMention); at != std::sregex_iterator(); ++at)
      mentions.push_back({place(page, number), (*at)[1].str() + ' ' + (*at)[2].str()});
  }
  return mentions;
}

bool is_known(const std::string& mention) {
  return std::ranges::any_of(settings(), [&](const Setting& setting) {
    return mention == std::string(setting.section) + ' ' + std::string(setting.name);
  });
}

class DocumentedSettings : public ConfigurationFiles {
 protected:
  // But for files that only the reader has, and actions that another page defines.
  std::vector<std::string> problems_of(const Piece& block) const {
    std::vector<std::string> texts;
    for (const ConfigurationProblem& problem : load(block.text).problems) {
      if (problem.text.starts_with("there is no file") || problem.text.starts_with("there is no [action."))
        continue;
      texts.push_back(block.where + ": " + problem.text);
    }
    return texts;
  }
};

TEST_F(DocumentedSettings, CanBeCopied) {
  std::size_t blocks = 0;
  for (const auto& page : pages()) {
    for (const Piece& block : blocks_of(page)) {
      ++blocks;
      EXPECT_THAT(problems_of(block), IsEmpty());
    }
  }
  EXPECT_GT(blocks, 10U) << "the pages are there";
}

TEST_F(DocumentedSettings, AreThereWhereTheyAreMentioned) {
  for (const auto& page : pages()) {
    for (const Piece& mention : mentions_of(page))
      EXPECT_TRUE(is_known(mention.text)) << mention.where << ": there is no [" << mention.text;
  }
}

TEST_F(DocumentedSettings, AreSeenWhenTheyAreWrong) {
  EXPECT_THAT(problems_of({"page.md:1", "[gate.auth_policy]\napi_key = \"x\"\n"}), SizeIs(1));
  EXPECT_THAT(problems_of({"page.md:1", "[guard\n"}), SizeIs(1));
}

}  // namespace
}  // namespace postreeve
