#include "app/manual.h"

#include <algorithm>
#include <array>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iterator>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <CLI/CLI.hpp>

#include "app/command_tree.h"
#include "app/completion.h"
#include "app/settings.h"

namespace postreeve {
namespace {

using ::testing::HasSubstr;

void expect_kept(const std::string& name, const std::string& page) {
  const std::string file = POSTREEVE_SOURCE_DIR "/packaging/" + name;
  if (std::getenv("POSTREEVE_UPDATE") != nullptr) std::ofstream(file) << page;
  std::ifstream kept(file);
  const std::string text(std::istreambuf_iterator<char>(kept), {});
  EXPECT_TRUE(text == page) << "run this test with POSTREEVE_UPDATE=1 and commit packaging/" << name;
}

// Runs a program that may not be installed; 127 then.
int run(const std::string& command) {
  const int status = std::system(command.c_str());
  return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

TEST(Manual, IsMadeOfWhatTheCommandLineKnows) {
  with_command_tree([](const CLI::App& app) {
    const std::string page = manual_of_commands(app);
    expect_kept("man/postreeve.1", page);
    for (const CommandLeaf& leaf : leaves_of(app)) {
      for (const CLI::Option* option : named_options_of(*leaf.app)) {
        std::string name = option->get_lnames().front();
        for (std::size_t at = 0; (at = name.find('-', at)) != std::string::npos; at += 2)
          name.insert(at, 1, '\\');
        EXPECT_THAT(page, HasSubstr("\\-\\-" + name)) << leaf.name;
      }
    }
  });
}

TEST(Manual, IsMadeOfEverySetting) {
  const std::string page = manual_of_configuration();
  expect_kept("man/postreeve.toml.5", page);
  for (const Setting& setting : settings())
    EXPECT_THAT(page, HasSubstr("\n\\fB" + std::string(setting.name) + "\\fR ("));
}

TEST(Manual, HasNoLineThatRoffTakesForARequestOfItsOwn) {
  for (const char* name : {"postreeve.1", "postreeve.toml.5"}) {
    const std::string file = std::string(POSTREEVE_SOURCE_DIR "/packaging/man/") + name;
    const int status = run("groff -man -Tutf8 -ww -z '" + file + "' > /dev/null 2>&1");
    if (status == 127) GTEST_SKIP() << "groff is not installed";
    EXPECT_EQ(status, 0) << name;
  }
}

TEST(Completion, KnowsEveryCommandInEveryShell) {
  with_command_tree([](const CLI::App& app) {
    for (const std::string& script : {bash_completion(app), zsh_completion(app), fish_completion(app)}) {
      for (const CommandLeaf& leaf : leaves_of(app)) EXPECT_THAT(script, HasSubstr("' " + leaf.name + "'"));
    }
  });
}

TEST(Completion, WorksInBash) {
  std::string script;
  with_command_tree([&script](const CLI::App& app) { script = bash_completion(app); });
  const std::string file = ::testing::TempDir() + "postreeve-completion.bash";
  const auto completed = [&](const std::string& words, int at) {
    std::ofstream(file) << script << "COMP_WORDS=(" << words << "); COMP_CWORD=" << at
                        << "; _postreeve; echo \"${COMPREPLY[*]}\"\n";
    std::string answer;
    std::FILE* pipe = ::popen(("bash " + file + " 2>&1").c_str(), "r");
    std::array<char, 4096> chunk{};
    while (const std::size_t got = std::fread(chunk.data(), 1, chunk.size(), pipe))
      answer.append(chunk.data(), got);
    ::pclose(pipe);
    return answer;
  };
  EXPECT_EQ(completed("postreeve inc", 1), "incident\n");
  EXPECT_EQ(completed("postreeve account s", 2), "show standing suspend\n");
  EXPECT_EQ(completed("postreeve mode e", 2), "enforce\n");
  EXPECT_EQ(completed("postreeve list add b", 3), "block\n");
  EXPECT_EQ(completed("postreeve account suspend a@x.example --re", 4), "--reason\n");
  EXPECT_EQ(completed("postreeve status -o js", 3), "json\n");
  EXPECT_EQ(completed("postreeve incident list --state o", 4), "open\n");
  std::remove(file.c_str());
}

}  // namespace
}  // namespace postreeve
