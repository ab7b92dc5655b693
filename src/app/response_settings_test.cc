// [response], [response.tenant.NAME] and [action.NAME], as they stand in a file.
#include <filesystem>
#include <fstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "app/configuration_testing.h"

namespace postreeve {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::StartsWith;

constexpr std::string_view kFlag =
    "[action.flag]\ntype = \"sql_flag\"\ndatabase = \"sqlite\"\nconnection = \"db=/tmp/x.db\"\n"
    "set = \"\"\"\nUPDATE users SET abused = 1\nWHERE login = :account\"\"\"\ntimeout = \"5s\"\n"
    "password_file = \"secret\"\n";
constexpr std::string_view kHook =
    "[action.hook]\ntype = \"command_hook\"\ncommand = [\"/usr/bin/env\", \"\", \"a b\"]\n";

class ResponseSettingsFile : public ConfigurationFiles {
 protected:
  ResponseSettingsFile() : ConfigurationFiles("f.toml") {}
};

TEST_F(ResponseSettingsFile, NameActionsAndWhenTheyAreCarriedOut) {
  const auto loaded = load(std::string(kFlag) + std::string(kHook) + R"(
[response]
held = ["flag"]
suspended = ["hook", "flag"]
confirmed = ["hook"]
give_up_after = "12h"
[response.tenant."big shop"]
held = ["hook"]
[[tenant]]
name = "big shop"
domains = ["shop.example"]
)");
  EXPECT_THAT(loaded.problems, IsEmpty()) << loaded.problems[0].to_string();
  const ResponseSettings& response = loaded.configuration.response;
  EXPECT_THAT(response.plan.held, ElementsAre("flag"));
  EXPECT_THAT(response.plan.suspended, ElementsAre("hook", "flag"));
  EXPECT_THAT(response.plan.confirmed, ElementsAre("hook"));
  EXPECT_EQ(response.give_up_after, std::chrono::hours{12});
  ASSERT_EQ(response.by_tenant.size(), 1U);
  EXPECT_THAT(response.by_tenant.at("big shop").held, ElementsAre("hook"));
  EXPECT_THAT(response.by_tenant.at("big shop").suspended, IsEmpty());
  ASSERT_EQ(response.actions.size(), 2U);
  EXPECT_EQ(response.actions[0].type, "sql_flag");
  const ActionSettings& flag = response.actions[0].settings;
  EXPECT_EQ(flag.name(), "flag");
  EXPECT_EQ(flag.text("set"), "UPDATE users SET abused = 1\nWHERE login = :account");
  EXPECT_EQ(flag.duration("timeout", {}), std::chrono::seconds{5});
  EXPECT_EQ(flag.text("password_file"), directory_ / "secret");
  EXPECT_THAT(response.actions[1].settings.texts("command"), ElementsAre("/usr/bin/env", "", "a b"));
}

TEST_F(ResponseSettingsFile, AreNoneWithoutAFile) {
  const ResponseSettings response = load("").configuration.response;
  EXPECT_THAT(response.actions, IsEmpty());
  EXPECT_EQ(response.give_up_after, std::chrono::days{3});
  EXPECT_TRUE(response == ResponseSettings{});
}

TEST_F(ResponseSettingsFile, SayWhatIsWrongWithAnAction) {
  EXPECT_THAT(problems_of("[action.flag]\nset = \"x\"\n"),
              ElementsAre(StartsWith(
                  "f.toml:1:9: [action.flag] needs a type; write type = \"...\" with one of sql_flag")));
  EXPECT_THAT(problems_of("[action.flag]\ntype = \"sql_flg\"\n"),
              ElementsAre("f.toml:2:8: there is no type 'sql_flg' of actions; did you mean 'sql_flag'?"));
  EXPECT_THAT(problems_of("[action.flag]\ntype = 7\n"),
              ElementsAre(StartsWith("f.toml:2:8: there is no type '7' of actions; write one of ")));
  const auto problems = problems_of(
      "[action.flag]\ntype = \"sql_flag\"\ndatabase = \"sqlite\"\nste = \"x\"\nconnection = 3\n  timeout = "
      "\"soon\"\n");
  EXPECT_THAT(
      problems,
      ElementsAre(
          StartsWith("f.toml:1:9: [action.flag] needs 'set': "),
          "f.toml:4:1: unknown setting 'ste' in [action.flag], which is a sql_flag; did you mean 'set'?",
          "f.toml:5:14: 'connection' is not written like this; write a text in quotes",
          StartsWith("f.toml:6:13: 'soon' is no duration; ")));
  EXPECT_THAT(problems_of("[action.Flag]\ntype = \"command_hook\"\ncommand = [\"x\"]\n"),
              ElementsAre("f.toml:1:9: 'Flag' is no name of an action; write a-z, 0-9 and _, at most 64"));
  EXPECT_THAT(problems_of("action = 3\n"),
              ElementsAre("f.toml:1:1: 'action' is no setting; write [action.NAME]"));
  EXPECT_THAT(problems_of("[action]\nflag = 3\n"),
              ElementsAre("f.toml:2:1: 'flag' is no section; write [action.flag] on a line of its own"));
}

TEST_F(ResponseSettingsFile, SayWhichActionOrTenantIsNotThere) {
  EXPECT_THAT(problems_of(std::string(kHook) + "[response]\nheld = [\"hok\"]\n"),
              ElementsAre("f.toml:5:1: there is no [action.hok]; did you mean 'hook'?"));
  EXPECT_THAT(
      problems_of(std::string(kHook) + "[response.tenant.shop]\nheld = [\"flag\"]\nsuspend = []\n"),
      ElementsAre("f.toml:6:1: unknown setting 'suspend' in [response.tenant]; did you mean 'suspended'?",
                  "f.toml:5:1: there is no [action.flag]", "f.toml:4:1: there is no tenant 'shop'"));
  EXPECT_THAT(problems_of("[response]\ntenant = 3\n"),
              ElementsAre(StartsWith("f.toml:2:1: unknown setting 'tenant'")));
}

TEST_F(ResponseSettingsFile, StandOnceAlthoughThereAreSeveralFiles) {
  std::filesystem::create_directories(directory_ / "conf.d");
  std::ofstream(directory_ / "conf.d/more.toml") << kHook << "[response]\nheld = [\"flag\", \"hook\"]\n";
  EXPECT_THAT(load(std::string(kFlag)).problems, IsEmpty());
  EXPECT_THAT(
      problems_of(std::string(kFlag) + std::string(kHook)),
      ElementsAre(AllOf(HasSubstr("[action.hook] stands in "), HasSubstr("f.toml:10:9 too; write it once"))));
}

TEST_F(ResponseSettingsFile, AreDumpedAndReadAgain) {
  const std::string text =
      std::string(kFlag) + std::string(kHook) +
      "[response]\nheld = [\"flag\"]\n[response.tenant.\"big shop\"]\nheld = [\"hook\"]\n"
      "[[tenant]]\nname = \"big shop\"\ndomains = [\"shop.example\"]\n";
  const auto loaded = load(text);
  const std::string dump = dump_configuration(loaded);
  EXPECT_THAT(dump, HasSubstr("\n[action.flag]\ntype = \"sql_flag\"  # "));
  EXPECT_THAT(dump, HasSubstr("# undo is not set\n"));
  EXPECT_THAT(dump, HasSubstr("\n[response.tenant.\"big shop\"]\nslowed = []  # default\nheld = "));
  const auto again = load(dump);
  EXPECT_THAT(again.problems, IsEmpty()) << dump;
  EXPECT_TRUE(again.configuration.response == loaded.configuration.response);
}

}  // namespace
}  // namespace postreeve
