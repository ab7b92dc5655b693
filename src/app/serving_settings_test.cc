// The settings of `postreeve serve`, as they stand in a file.
#include <cstdlib>
#include <filesystem>
#include <fstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "app/configuration.h"

namespace postreeve {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

class ServingSettings : public ::testing::Test {
 protected:
  ServingSettings() {
    std::string name = ::testing::TempDir() + "postreeve-serving-XXXXXX";
    directory_ = mkdtemp(name.data());
  }
  ~ServingSettings() override { std::filesystem::remove_all(directory_); }

  LoadedConfiguration load(std::string_view text) const {
    std::ofstream(directory_ / "f.toml") << text;
    return load_configuration(directory_ / "f.toml");
  }
  // Without the directory's name.
  std::vector<std::string> problems_of(std::string_view text) const {
    std::vector<std::string> texts;
    for (const auto& problem : load(text).problems)
      texts.push_back(problem.to_string().substr(directory_.string().size() + 1));
    return texts;
  }

  std::filesystem::path directory_;
};

std::vector<std::string> texts(const Endpoints& endpoints) {
  std::vector<std::string> found;
  for (const Endpoint& endpoint : endpoints) found.push_back(endpoint.to_string());
  return found;
}

TEST_F(ServingSettings, OpenNoGateWithoutASection) {
  const Serving serving = load("").configuration.serving;
  EXPECT_THAT(serving.postfix_policy.listen, IsEmpty());
  EXPECT_THAT(serving.events, IsEmpty());
  EXPECT_THAT(serving.metrics, IsEmpty());
  EXPECT_FALSE(serving.mode_is_given);
  EXPECT_FALSE(serving.fails_closed);
  EXPECT_EQ(serving.control_socket, "/run/postreeve/control.sock");
}

TEST_F(ServingSettings, FillEveryGate) {
  const auto loaded = load(R"(
[guard]
mode = "enforce"
fail = "closed"
threads = 4
idle = "10m"
[state]
path = "state.db"
memory = 64
[gate.postfix_policy]
listen = ["127.0.0.1:10040", "[::1]:10040", "unix:/run/p.sock"]
divert_to = "smtp:[relay.example.org]:25"
[gate]
socketmap.listen = ["127.0.0.1:10041"]
[gate.milter]
listen = ["127.0.0.1:0"]
add_header = true
[gate.auth_policy]
listen = ["127.0.0.1:10044"]
refuse_suspended = true
[metrics]
listen = ["127.0.0.1:8025"]
[logs]
files = ["mail.log"]
from_beginning = true
)");
  EXPECT_THAT(loaded.problems, IsEmpty());
  const Serving& serving = loaded.configuration.serving;
  EXPECT_TRUE(serving.mode_is_given);
  EXPECT_EQ(serving.mode, Mode::kEnforce);
  EXPECT_TRUE(serving.fails_closed);
  EXPECT_EQ(serving.threads, 4U);
  EXPECT_EQ(serving.idle, std::chrono::minutes{10});
  EXPECT_EQ(serving.state_path, directory_ / "state.db");
  EXPECT_EQ(serving.state_memory_mib, 64U);
  EXPECT_THAT(texts(serving.postfix_policy.listen),
              ElementsAre("127.0.0.1:10040", "[::1]:10040", "unix:/run/p.sock"));
  EXPECT_EQ(serving.postfix_policy.divert_to, "smtp:[relay.example.org]:25");
  EXPECT_THAT(texts(serving.socketmap.listen), ElementsAre("127.0.0.1:10041"));
  EXPECT_TRUE(serving.milter.add_header);
  EXPECT_TRUE(serving.auth_policy.refuse_suspended);
  EXPECT_THAT(texts(serving.metrics), ElementsAre("127.0.0.1:8025"));
  EXPECT_THAT(serving.logs.files, ElementsAre((directory_ / "mail.log").string()));
  EXPECT_TRUE(serving.logs.from_beginning);
}

TEST_F(ServingSettings, SayWhereAnEndpointIsWrong) {
  const auto problems = problems_of("[gate.milter]\nlisten = [\"127.0.0.1:10043\", \"nonsense\"]\n");
  ASSERT_EQ(problems.size(), 1U);
  EXPECT_TRUE(problems[0].starts_with("f.toml:2:")) << problems[0];
  EXPECT_EQ(problems_of("[gate.milter]\nlisten = \"127.0.0.1:10043\"\n").size(), 1U);
}

TEST_F(ServingSettings, SuggestWhatWasMeant) {
  EXPECT_THAT(problems_of("[gate.mitler]\nlisten = []\n"),
              ElementsAre("f.toml:1:7: unknown section [gate.mitler]; did you mean 'gate.milter'?"));
  EXPECT_THAT(problems_of("[gate.milter]\n  lisen = []\n"),
              ElementsAre("f.toml:2:3: unknown setting 'lisen' in [gate.milter]; did you mean 'listen'?"));
  EXPECT_THAT(problems_of("[guard]\nmode = \"enfroce\"\n").size(), 1U);
  EXPECT_THAT(problems_of("[guard]\nfiles = []\n").size(), 1U);
}

}  // namespace
}  // namespace postreeve
