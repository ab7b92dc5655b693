#include "app/lists.h"

#include <gtest/gtest.h>

namespace postreeve {
namespace {

TEST(AliasesFile, GivesAccountsTheirAddressesAndDomains) {
  std::vector<ConfigurationProblem> problems;
  Aliases aliases;
  AliasReader{"aliases", "example.org"}.read(
      "# who may write as whom\n\nanna  office@Example.org, @shop.example  # two\r\nanna sales@example.org\n"
      "bob@b.example bob#1@b.example",
      aliases, problems);
  EXPECT_TRUE(problems.empty());
  EXPECT_EQ(aliases["anna@example.org"],
            (std::unordered_set<std::string>{"office@example.org", "@shop.example", "sales@example.org"}));
  EXPECT_EQ(aliases["bob@b.example"], (std::unordered_set<std::string>{"bob#1@b.example"}));
}

TEST(AliasesFile, NamesTheLineThatIsWrongAndReadsOn) {
  std::vector<ConfigurationProblem> problems;
  Aliases aliases;
  AliasReader{"aliases", ""}.read(
      "a@x.example\n(unavailable) b@x.example\nb@x.example @ c\nc@x.example d@x.example\n", aliases,
      problems);
  ASSERT_EQ(problems.size(), 4U);
  EXPECT_EQ(problems[0].to_string(), "aliases:1: 'a@x.example' has no addresses; write them behind it");
  EXPECT_EQ(problems[1].place.line, 2U);
  EXPECT_EQ(problems[2].place.line, 3U);
  EXPECT_EQ(aliases.size(), 1U);
}

TEST(CanariesFile, HoldsAddressesAndPatterns) {
  std::vector<ConfigurationProblem> problems;
  CanaryList canaries;
  read_canaries("Trap@Example.org\n  old-*@example.org # pattern\n# nothing\n", "canaries", canaries,
                problems);
  EXPECT_TRUE(problems.empty());
  EXPECT_EQ(canaries.addresses, (std::unordered_set<std::string>{"trap@example.org"}));
  EXPECT_EQ(canaries.patterns, (std::vector<std::string>{"old-*@example.org"}));
}

TEST(CanariesFile, RefusesWhatWouldFitEverybody) {
  std::vector<ConfigurationProblem> problems;
  CanaryList canaries;
  read_canaries("*\n*@*.*\nnobody\n", "canaries", canaries, problems);
  ASSERT_EQ(problems.size(), 3U);
  EXPECT_EQ(problems[1].to_string(),
            "canaries:2: the pattern '*@*.*' fits everybody; write more of the address");
  EXPECT_TRUE(canaries.addresses.empty());
  EXPECT_TRUE(canaries.patterns.empty());
}

TEST(TextFile, SaysWhyItCannotBeRead) {
  EXPECT_EQ(read_text_file("no/such/file").error().code, ErrorCode::kNotFound);
  EXPECT_EQ(read_text_file(".").error().code, ErrorCode::kInvalidInput);
}

}  // namespace
}  // namespace postreeve
