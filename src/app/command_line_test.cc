#include "app/command_line.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace postreeve {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::StartsWith;

std::expected<Command, Ending> parse(std::vector<std::string> words) {
  return parse_command_line(words);
}

TEST(CommandLine, OfAReplay) {
  const auto command =
      parse({"replay", "--trace", "-", "b.gz", "--config", "c.toml", "--geo", "a.mmdb", "--geo", "b.mmdb",
             "--since", "30d", "--verdicts", "v.jsonl", "-o", "json", "--threads", "1", "c.log"});
  ASSERT_TRUE(command) << command.error().text;
  const auto& replay = std::get<ReplayArguments>(*command);
  EXPECT_THAT(replay.files, ElementsAre("-", "b.gz", "c.log"));
  EXPECT_TRUE(replay.is_trace);
  EXPECT_EQ(replay.config, "c.toml");
  EXPECT_THAT(replay.geography, ElementsAre("a.mmdb", "b.mmdb"));
  EXPECT_EQ(replay.since, "30d");
  EXPECT_EQ(replay.until, std::nullopt);
  EXPECT_EQ(replay.verdicts, "v.jsonl");
  EXPECT_EQ(replay.output, OutputFormat::kJson);
  EXPECT_EQ(replay.threads, 1U);
}

TEST(CommandLine, OfACheck) {
  const auto command = parse({"check-config", "--config", "c.toml", "--dump"});
  ASSERT_TRUE(command);
  EXPECT_EQ(std::get<CheckConfigArguments>(*command).config, "c.toml");
  EXPECT_TRUE(std::get<CheckConfigArguments>(*command).dump);
}

TEST(CommandLine, OfAMove) {
  const auto command = parse({"state", "copy", "--from", "old.toml", "--to", "new.toml", "--dry-run"});
  ASSERT_TRUE(command) << command.error().text;
  const auto& move = std::get<StateCopyArguments>(*command);
  EXPECT_EQ(move.from, "old.toml");
  EXPECT_EQ(move.to, "new.toml");
  EXPECT_TRUE(move.dry_run);
  EXPECT_FALSE(move.replace);
  const auto half = parse({"state", "copy", "--from", "old.toml"});
  ASSERT_FALSE(half);
  EXPECT_EQ(half.error().code, ExitCode::kUsage);
  EXPECT_THAT(half.error().text, HasSubstr("--to"));
}

TEST(CommandLine, AsksForTheVersionEitherWay) {
  EXPECT_TRUE(std::holds_alternative<VersionArguments>(*parse({"version"})));
  EXPECT_TRUE(std::holds_alternative<VersionArguments>(*parse({"--version"})));
}

TEST(CommandLine, IsHelpedWithAMistypedVerb) {
  const auto ending = parse({"relpay", "mail.log"});
  ASSERT_FALSE(ending);
  EXPECT_EQ(ending.error().code, ExitCode::kUsage);
  EXPECT_THAT(ending.error().text,
              StartsWith("postreeve: unknown command 'relpay'; did you mean 'replay'?\n"));
}

TEST(CommandLine, IsHelpedWithAMistypedOption) {
  const auto ending = parse({"replay", "--sinec=3d", "mail.log"});
  ASSERT_FALSE(ending);
  EXPECT_EQ(ending.error().code, ExitCode::kUsage);
  EXPECT_THAT(ending.error().text,
              StartsWith("postreeve replay: unknown option '--sinec=3d'; did you mean '--since'?\n"));
}

TEST(CommandLine, RefusesWhatItDoesNotUnderstand) {
  for (const std::vector<std::string>& words : {std::vector<std::string>{},
                                                {"replay", "-o", "xml"},
                                                {"replay", "--threads", "0"},
                                                {"replay", "--config"},
                                                {"check-config", "file"},
                                                {"--frobnicate"}}) {
    const auto ending = parse(words);
    ASSERT_FALSE(ending);
    EXPECT_EQ(ending.error().code, ExitCode::kUsage);
    EXPECT_THAT(ending.error().text, HasSubstr("postreeve"));
  }
}

TEST(CommandLine, ShowsTheHelpOfEachVerb) {
  const auto general = parse({"--help"});
  ASSERT_FALSE(general);
  EXPECT_EQ(general.error().code, ExitCode::kOk);
  EXPECT_THAT(general.error().text, HasSubstr("check-config"));
  const auto replay = parse({"replay", "--help"});
  ASSERT_FALSE(replay);
  EXPECT_EQ(replay.error().code, ExitCode::kOk);
  EXPECT_THAT(replay.error().text, HasSubstr("--compare"));
}

}  // namespace
}  // namespace postreeve
