#include "app/control_line.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <boost/json/array.hpp>

#include "app/command_line.h"

namespace postreeve {
namespace {

namespace json = boost::json;
using ::testing::HasSubstr;
using ::testing::StartsWith;

ControlArguments asked(std::vector<std::string> words) {
  const auto command = parse_command_line(words);
  EXPECT_TRUE(command) << command.error().text;
  return command ? std::get<ControlArguments>(*command) : ControlArguments{};
}
std::string mistake(std::vector<std::string> words) {
  const auto command = parse_command_line(words);
  EXPECT_FALSE(command);
  if (command) return {};
  EXPECT_EQ(command.error().code, ExitCode::kUsage);
  return command.error().text;
}

TEST(ControlLine, IsAVerbWithItsArguments) {
  const ControlArguments suspend =
      asked({"account", "suspend", "anna@x.example", "--reason", "by phone", "--dry-run", "--config",
             "c.toml", "--socket", "s.sock", "-o", "json"});
  EXPECT_EQ(suspend.verb, "account suspend");
  EXPECT_EQ(suspend.arguments,
            (json::object{{"account", "anna@x.example"}, {"reason", "by phone"}, {"dry_run", true}}));
  EXPECT_EQ(suspend.config, "c.toml");
  EXPECT_EQ(suspend.socket, "s.sock");
  EXPECT_EQ(suspend.output, OutputFormat::kJson);
  EXPECT_FALSE(suspend.follow);
  EXPECT_TRUE(asked({"watch"}).follow);
  EXPECT_EQ(asked({"mode"}).arguments, json::object{});
  EXPECT_EQ(asked({"top", "senders", "--compare", "--most", "3"}).arguments,
            (json::object{{"most", 3}, {"compare", true}}));
}

TEST(ControlLine, TakesSeveralValues) {
  EXPECT_EQ(asked({"list", "add", "block", "192.0.2.1", "a@x.example"}).arguments,
            (json::object{{"list", "block"}, {"values", json::array{"192.0.2.1", "a@x.example"}}}));
  EXPECT_EQ(
      asked({"account", "policy", "a@x.example", "--only-country", "DE", "--only-country", "AT"}).arguments,
      (json::object{{"account", "a@x.example"}, {"only_countries", json::array{"DE", "AT"}}}));
}

TEST(ControlLine, SaysWhenSomethingExpires) {
  const auto seconds = [](const char* span) {
    return asked({"account", "trust", "a", "192.0.2.0/24", "--expires", span}).arguments.at("expires_in");
  };
  EXPECT_EQ(seconds("7d"), json::value(604'800));
  EXPECT_EQ(seconds("never"), json::value(0));
  EXPECT_FALSE(asked({"account", "trust", "a", "192.0.2.0/24"}).arguments.contains("expires_in"));
  for (const char* wrong : {"soon", "0s", "7", "999999d"})
    EXPECT_THAT(mistake({"account", "trust", "a", "192.0.2.0/24", "--expires", wrong}),
                HasSubstr("write one like 10m, 2h or 30d, or never"));
}

TEST(ControlLine, ImportsAndExportsThroughOtherVerbs) {
  const ControlArguments import = asked({"list", "import", "allow", "file.txt", "--comment", "partners"});
  EXPECT_EQ(import.verb, "list add");
  EXPECT_EQ(import.values_file, "file.txt");
  const ControlArguments exported = asked({"list", "export", "allow"});
  EXPECT_EQ(exported.verb, "list show");
  EXPECT_EQ(exported.output, OutputFormat::kValues);
}

TEST(ControlLine, FindsWithinATime) {
  EXPECT_EQ(asked({"find", "203.0.113.0/24", "--within", "7d", "--kind", "address"}).arguments,
            (json::object{{"text", "203.0.113.0/24"}, {"kind", "address"}, {"within", 604'800}}));
  EXPECT_EQ(asked({"find", "x", "--within", "ever"}).arguments.at("within"), json::value(0));
  EXPECT_THAT(mistake({"find", "x", "--within", "long"}), HasSubstr("or ever"));
}

TEST(ControlLine, ExportsAnAccountAsJson) {
  EXPECT_EQ(asked({"account", "export", "a@x.example"}).output, OutputFormat::kJson);
  EXPECT_EQ(asked({"account", "forget", "a@x.example", "--force"}).arguments.at("force"), json::value(true));
}

TEST(ControlLine, MakesTheFileOfABackupAbsolute) {
  EXPECT_THAT(std::string(asked({"backup", "b.db"}).arguments.at("file").as_string()), StartsWith("/"));
}

TEST(ControlLine, IsHelpedWithWhatIsMistyped) {
  EXPECT_THAT(mistake({"incident", "lst"}), HasSubstr("unknown command 'lst'; did you mean 'list'?"));
  EXPECT_THAT(mistake({"acount", "show", "a"}), HasSubstr("did you mean 'account'?"));
  EXPECT_THAT(mistake({"account", "suspend", "a", "--raeson", "x"}), HasSubstr("did you mean '--reason'?"));
  EXPECT_THAT(mistake({"account", "show"}), HasSubstr("ACCOUNT"));
  EXPECT_THAT(mistake({"incident", "list", "-o", "xml"}), HasSubstr("postreeve incident list: "));
}

}  // namespace
}  // namespace postreeve
