// The settings of `postreeve serve`, as they stand in a file.
#include <filesystem>
#include <fstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "app/configuration_testing.h"

namespace postreeve {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

class ServingSettings : public ConfigurationFiles {
 protected:
  ServingSettings() : ConfigurationFiles("f.toml") {}
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
  EXPECT_FALSE(serving.idle);
  EXPECT_FALSE(serving.most_request_kib);
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
suspended_refuses_mailboxes = true
[metrics]
listen = ["127.0.0.1:8025"]
[logs]
files = ["mail.log"]
from_beginning = true
[divert]
from = "watched"
most = 5
[activity]
domains = ["x.example"]
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
  EXPECT_TRUE(serving.auth_policy.suspended_refuses_mailboxes);
  EXPECT_THAT(texts(serving.metrics), ElementsAre("127.0.0.1:8025"));
  EXPECT_THAT(serving.logs.files, ElementsAre((directory_ / "mail.log").string()));
  EXPECT_TRUE(serving.logs.from_beginning);
  EXPECT_EQ(serving.diversion.from, Level::kWatched);
  EXPECT_EQ(serving.diversion.most_an_hour, 5U);
  EXPECT_THAT(serving.activity_domains, ElementsAre("x.example"));
}

TEST_F(ServingSettings, SayHowLongWhatIsKept) {
  const auto loaded = load("[retention]\nincident_names = \"30d\"\nactivity = \"0s\"\n");
  EXPECT_THAT(loaded.problems, IsEmpty());
  const RetentionSettings& retention = loaded.configuration.serving.retention;
  EXPECT_EQ(retention.incident_names, std::chrono::days{30});
  EXPECT_EQ(retention.activity, Duration{}) << "for ever";
  EXPECT_EQ(retention.finished_actions, RetentionSettings{}.finished_actions);
}

TEST_F(ServingSettings, KeepTheHoursOfLastWeek) {
  EXPECT_EQ(problems_of("[retention]\nhourly_counts = \"7d\"\n").size(), 1U);
  EXPECT_EQ(problems_of("[retention]\nhourly_counts = \"0s\"\n").size(), 1U);
}

// The table's defaults are those that hold without a file.
TEST_F(ServingSettings, SayWhatHoldsOfRetentionWithoutThem) {
  const RetentionSettings plain;
  const auto written = load(
      "[retention]\nincident_names = \"180d\"\nactivity = \"30d\"\nhourly_counts = \"15d\"\n"
      "finished_actions = \"90d\"\nexpired_list_entries = \"90d\"\ngiven_answers = \"1d\"\n");
  EXPECT_THAT(written.problems, IsEmpty());
  const RetentionSettings& given = written.configuration.serving.retention;
  EXPECT_EQ(given.incident_names, plain.incident_names);
  EXPECT_EQ(given.activity, plain.activity);
  EXPECT_EQ(given.hourly_counts, plain.hourly_counts);
  EXPECT_EQ(given.finished_actions, plain.finished_actions);
  EXPECT_EQ(given.expired_list_entries, plain.expired_list_entries);
  EXPECT_EQ(given.given_answers, plain.given_answers);
}

TEST_F(ServingSettings, SayWhereAnEndpointIsWrong) {
  const auto problems = problems_of("[gate.milter]\nlisten = [\"127.0.0.1:10043\", \"nonsense\"]\n");
  ASSERT_EQ(problems.size(), 1U);
  EXPECT_TRUE(problems[0].starts_with("f.toml:2:")) << problems[0];
  EXPECT_EQ(problems_of("[gate.milter]\nlisten = \"127.0.0.1:10043\"\n").size(), 1U);
}

TEST_F(ServingSettings, TellWhereRedisIs) {
  std::ofstream(directory_ / "password") << "secret\n";
  const auto loaded = load(
      "[state]\nredis = \"rediss://guard@10.0.0.5,10.0.0.6:6380\"\nredis_password_file = \"password\"\n");
  EXPECT_THAT(loaded.problems, IsEmpty());
  EXPECT_EQ(loaded.configuration.serving.redis, "rediss://guard@10.0.0.5,10.0.0.6:6380");
  EXPECT_EQ(loaded.configuration.serving.redis_password_file, (directory_ / "password").string());
  const auto problems = problems_of("[state]\nredis = \"127.0.0.1:6379\"\nredis_password_file = \"none\"\n");
  ASSERT_EQ(problems.size(), 2U);
  EXPECT_TRUE(problems[0].starts_with("f.toml:2:")) << problems[0];
  EXPECT_NE(problems[0].find("redis://127.0.0.1:6379"), std::string::npos) << problems[0];
  EXPECT_TRUE(problems[1].starts_with("f.toml:3:")) << problems[1];
  EXPECT_EQ(problems_of("[state]\nredis = \"redis://:secret@10.0.0.5\"\n").size(), 1U);
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
