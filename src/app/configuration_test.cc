#include "app/configuration.h"

#include <fstream>
#include <iterator>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "app/configuration_page.h"
#include "app/configuration_testing.h"
#include "app/lists.h"
#include "app/settings.h"

namespace postreeve {
namespace {

using ::testing::ElementsAre;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Pair;
using ::testing::UnorderedElementsAre;

TEST_F(ConfigurationFiles, FillThePolicy) {
  write("aliases", "anna office@example.org\n");
  write("canaries", "trap@example.org\n");
  const auto loaded = load(R"(
[accounts]
default_domain = "Example.org"
aliases_file = "aliases"
time_zone = "Europe/Vienna"
[replay]
time_zone = "Europe/Berlin"
[networks]
trusted = ["192.0.2.0/24"]
[canaries]
addresses = ["old-*@example.org"]
file = "canaries"
[ladder]
held = 3
slowed_for = "90m"
slowed_recipients_per_hour = 4
[suspension]
reject = true
[[tenant]]
name = "school"
domains = ["school.example"]
time_zone = "Asia/Tokyo"
holidays = ["2026-12-24", 2026-12-25]
)");
  EXPECT_THAT(loaded.problems, IsEmpty());
  const Configuration& configuration = loaded.configuration;
  const Policy& policy = configuration.policy;
  EXPECT_EQ(configuration.default_domain, "example.org");
  EXPECT_EQ(configuration.time_zone, "Europe/Berlin");
  EXPECT_EQ(policy.time_zone, "Europe/Vienna");
  EXPECT_TRUE(policy.aliases.at("anna@example.org").contains("office@example.org"));
  EXPECT_TRUE(policy.trusted_networks.contains(*IpAddress::parse("192.0.2.7")));
  EXPECT_TRUE(policy.canaries.addresses.contains("trap@example.org"));
  EXPECT_THAT(policy.canaries.patterns, ElementsAre("old-*@example.org"));
  EXPECT_EQ(policy.ladder.held, 3.0);
  EXPECT_EQ(policy.ladder.slowed_for, std::chrono::minutes{90});
  EXPECT_EQ(policy.ladder.slowed_recipients_per_hour, 4U);
  EXPECT_TRUE(policy.suspended_rejects);
  ASSERT_EQ(policy.tenants.size(), 1U);
  EXPECT_EQ(policy.tenants[0].time_zone, "Asia/Tokyo");
  EXPECT_THAT(policy.tenants[0].holidays, ElementsAre(20261224U, 20261225U));
}

TEST_F(ConfigurationFiles, DescribeLimits) {
  const auto loaded = load(R"(
[[tenant]]
name = "school"
domains = ["school.example"]
[[limit]]
name = "at night"
networks = ["198.51.100.0/24"]
not_networks = ["198.51.100.7"]
countries = ["br", "VN"]
not_countries = ["DE"]
hours = "22:00-06:00"
weekdays = ["sat", "sun"]
services = ["webmail"]
tenants = ["school"]
sender_not_owned = "header"
key = "network"
count = "recipients"
rate = "30/10m"
action = "divert"
[[limit]]
name = "crowds"
count = "recipients_per_message"
most = 50
action = "reject"
)");
  EXPECT_THAT(loaded.problems, IsEmpty());
  ASSERT_EQ(loaded.configuration.policy.limits.size(), 2U);
  const Limit& night = loaded.configuration.policy.limits[0];
  EXPECT_EQ(night.name, "at night");
  EXPECT_TRUE(night.when.networks.contains(*IpAddress::parse("198.51.100.9")));
  EXPECT_TRUE(night.when.not_networks.contains(*IpAddress::parse("198.51.100.7")));
  EXPECT_THAT(night.when.countries, ElementsAre(CountryCode::of("BR"), CountryCode::of("VN")));
  EXPECT_EQ(night.when.from_minute, 22 * 60);
  EXPECT_EQ(night.when.to_minute, 6 * 60);
  EXPECT_EQ(night.when.weekdays.to_ulong(), 0b1100000U);
  EXPECT_THAT(night.when.services, ElementsAre(Service::kWebmail));
  EXPECT_THAT(night.when.tenants, ElementsAre("school"));
  EXPECT_EQ(night.when.sender_not_owned, SenderCheck::kHeader);
  EXPECT_EQ(night.key, LimitKey::kNetwork);
  EXPECT_EQ(night.counted, Counted::kRecipients);
  EXPECT_EQ(night.amount, 30U);
  EXPECT_EQ(night.window, std::chrono::minutes{10});
  EXPECT_EQ(night.action, Action::kDivert);
  const Limit& crowds = loaded.configuration.policy.limits[1];
  EXPECT_EQ(crowds.counted, Counted::kRecipientsPerMessage);
  EXPECT_EQ(crowds.amount, 50U);
  EXPECT_EQ(crowds.action, Action::kReject);
}

TEST_F(ConfigurationFiles, WarnOfCountriesWithoutGeography) {
  const auto loaded = load("[[limit]]\nname = \"abroad\"\nrate = \"1/1h\"\nnot_countries = [\"DE\"]\n");
  EXPECT_THAT(loaded.problems, IsEmpty());
  ASSERT_EQ(loaded.warnings.size(), 1U);
  EXPECT_EQ(loaded.warnings[0].place.line, 1U);
}

struct Mistake {
  const char* what;
  const char* text;
  const char* expected;
  friend void PrintTo(const Mistake& mistake, std::ostream* out) { *out << mistake.what; }
};

class ConfigurationMistakes : public ConfigurationFiles, public ::testing::WithParamInterface<Mistake> {};

TEST_P(ConfigurationMistakes, AreNamedWithTheirPlaceAndACure) {
  EXPECT_THAT(problems_of(GetParam().text), ElementsAre(GetParam().expected)) << GetParam().what;
}

INSTANTIATE_TEST_SUITE_P(
    Table, ConfigurationMistakes,
    ::testing::Values(
        Mistake{"an unknown setting", "[ladder]\nslwoed = 1.0\n",
                "postreeve.toml:2:1: unknown setting 'slwoed' in [ladder]; did you mean 'slowed'?"},
        Mistake{"an unknown section", "[lader]\nslowed = 1.0\n",
                "postreeve.toml:1:2: unknown section [lader]; did you mean 'ladder'?"},
        Mistake{"a setting in the wrong section", "[replay]\ndefault_domain = \"x.example\"\n",
                "postreeve.toml:2:1: unknown setting 'default_domain' in [replay]; it belongs in [accounts]"},
        Mistake{"a setting without a section", "reject = true\n",
                "postreeve.toml:1:1: 'reject' belongs in the section [suspension]"},
        Mistake{"one limit where there may be several", "[limit]\nname = \"x\"\n",
                "postreeve.toml:1:2: there may be several of 'limit'; write [[limit]]"},
        Mistake{"several ladders", "[[ladder]]\nheld = 3\n",
                "postreeve.toml:1:3: 'ladder' is a section; write [ladder] on a line of its own"},
        Mistake{
            "a bad duration", "[ladder]\n\n  held_for = \"2 hours\"\n",
            "postreeve.toml:3:14: '2 hours' is no duration; write a time like \"10m\", \"2h\" or \"30d\""},
        Mistake{"a duration without quotes", "[ladder]\nheld_for = 7200\n",
                "postreeve.toml:2:12: 'held_for' is not written like this; write a time like \"10m\", \"2h\" "
                "or \"30d\""},
        Mistake{"a duration out of bounds", "[ladder]\nheld_for = \"1s\"\n",
                "postreeve.toml:2:12: 'held_for' is out of bounds; write something from 1m to 90d"},
        Mistake{"a number out of bounds", "[ladder]\nstrong = 9\n",
                "postreeve.toml:2:10: 'strong' is out of bounds; write something from 0 to 8"},
        Mistake{"a negative count", "[ladder]\nslowed_recipients_per_hour = -1\n",
                "postreeve.toml:2:30: 'slowed_recipients_per_hour' is out of bounds; write something from 0 "
                "to 10000"},
        Mistake{"a number that is none", "[ladder]\nheld = nan\n",
                "postreeve.toml:2:8: 'held' is not written like this; write a number like 2.5"},
        Mistake{"steps that do not go up", "[ladder]\nslowed = 2.5\nheld = 1.5\n",
                "postreeve.toml:3:1: 'slowed' (2.5) must be less than 'held' (1.5); every step needs more "
                "evidence than the one "
                "before"},
        Mistake{
            "a time zone", "[replay]\ntime_zone = \"Europe/Berln\"\n",
            "postreeve.toml:2:13: the time zone 'Europe/Berln' is unknown; did you mean 'Europe/Berlin'?"},
        Mistake{"a network", "[networks]\ntrusted = [\"192.0.2.0/24\", \"nonsense\"]\n",
                "postreeve.toml:2:28: 'nonsense' is not a network: expected an address such as 192.0.2.0/24 "
                "or 2001:db8::/32"},
        Mistake{"a country", "[[limit]]\nname = \"a\"\nrate = \"1/h\"\ncountries = [\"Germany\"]\n",
                "postreeve.toml:4:14: 'Germany' is no country; write two letters like DE"},
        Mistake{"a file that is not there", "[geography]\nfiles = \"country.mmdb\"\n",
                "postreeve.toml:2:9: 'files' is not written like this; write a list like [\"a.mmdb\", "
                "\"b.mmdb\"]"},
        Mistake{"an action", "[[limit]]\nname = \"a\"\nrate = \"1/h\"\naction = \"dfer\"\n",
                "postreeve.toml:4:10: 'dfer' is unknown here; did you mean 'defer'?"},
        Mistake{"a weekday", "[[limit]]\nname = \"a\"\nrate = \"1/h\"\nweekdays = [\"caturday\"]\n",
                "postreeve.toml:4:13: 'caturday' is unknown here; write one of mon, tue, wed, thu, fri, sat, "
                "sun"},
        Mistake{"a limit without a rate", "[[limit]]\nname = \"a\"\n",
                "postreeve.toml:1:1: a limit needs a rate; write rate = \"30/1h\""},
        Mistake{"a rate for recipients a message",
                "[[limit]]\nname = \"a\"\ncount = \"recipients_per_message\"\nmost = 5\nrate = \"1/h\"\n",
                "postreeve.toml:5:1: 'rate' does not go with what this limit counts; write 'most'"},
        Mistake{"a limit without a name", "[[limit]]\nrate = \"1/h\"\n",
                "postreeve.toml:1:1: a limit needs a name; write name = \"...\""},
        Mistake{"two limits of one name",
                "[[limit]]\nname = \"a\"\nrate = \"1/h\"\n[[limit]]\nname = \"a\"\nrate = \"1/d\"\n",
                "postreeve.toml:5:1: the limit 'a' stands twice; name each once"},
        Mistake{"a tenant that is not there",
                "[[tenant]]\nname = \"school\"\ndomains = [\"s.example\"]\n[[limit]]\nname = \"a\"\nrate = "
                "\"1/h\"\ntenants = "
                "[\"shcool\"]\n",
                "postreeve.toml:7:1: there is no tenant 'shcool'; did you mean 'school'?"},
        Mistake{"a tenant without domains", "[[tenant]]\nname = \"school\"\ndomains = []\n",
                "postreeve.toml:3:1: a tenant without domains has no accounts; write domains = "
                "[\"example.org\"]"},
        Mistake{
            "a tenant with a domain that is none", "[[tenant]]\nname = \"school\"\ndomains = [5]\n",
            "postreeve.toml:3:12: 'domains' is not written like this; write a list like [\"example.org\"]"},
        Mistake{"a canary that fits everybody", "[canaries]\naddresses = [\"*\"]\n",
                "postreeve.toml:2:14: the pattern '*' fits everybody; write more of the address"},
        Mistake{"a header that asks for no password", "[gate.auth_policy]\napi_header = \"X-Guard-Key\"\n",
                "postreeve.toml:2:1: 'api_header' asks for a password that there is not; write "
                "password_file = \"...\" too"},
        Mistake{"a user without a password", "[gate.auth_policy]\nuser = \"wforce\"\n",
                "postreeve.toml:2:1: 'user' asks for a password that there is not; write password_file = "
                "\"...\" too"}));

TEST_F(ConfigurationFiles, ReportEverythingThatIsWrongAtOnce) {
  const auto problems = problems_of("[ladder]\nheld = \"x\"\nslwoed = 1\n[[limit]]\n[nonsense]\n");
  EXPECT_EQ(problems.size(), 5U) << ::testing::PrintToString(problems);
}

TEST_F(ConfigurationFiles, RememberWhatHoldsUntilARestart) {
  const auto loaded = load(
      "[guard]\nmode = \"enforce\"\nfail = \"closed\"\n[accounts]\ndefault_domain = \"x.example\"\n"
      "[action.kick]\ntype = \"sessions\"\n");
  EXPECT_THAT(loaded.configuration.until_restart,
              UnorderedElementsAre(Pair("[guard] fail", "\"closed\""),
                                   Pair("[accounts] default_domain", "\"x.example\""),
                                   Pair("[action.kick] type", "\"sessions\"")));
}

TEST_F(ConfigurationFiles, TellWhatChangedAndWaitsForARestart) {
  const Configuration before =
      load("[guard]\nthreads = 2\nidle = \"5m\"\nuser = \"postreeve\"\n").configuration;
  const Configuration fresh =
      load("[guard]\nthreads = 3\nmost_request = 32\nuser = \"postreeve\"\nmode = \"enforce\"\n")
          .configuration;
  EXPECT_THAT(changed_until_restart(before, fresh),
              ElementsAre("[guard] idle", "[guard] most_request", "[guard] threads"));
  EXPECT_THAT(changed_until_restart(before, before), IsEmpty());
}

TEST_F(ConfigurationFiles, NameTheLineThatIsNotToml) {
  const auto problems = problems_of("[ladder]\nheld = \n");
  ASSERT_EQ(problems.size(), 1U);
  EXPECT_THAT(problems[0], HasSubstr("postreeve.toml:2:"));
  EXPECT_THAT(problems[0], HasSubstr("this is not TOML; "));
}

TEST_F(ConfigurationFiles, MayBeSeveralOfWhichTheLaterWins) {
  write("conf.d/10-first.toml", "[ladder]\nheld = 2.5\n[[limit]]\nname = \"b\"\nrate = \"2/h\"\n");
  write("conf.d/20-second.toml", "[ladder]\nheld = 3.5\n");
  write("conf.d/note.txt", "not read");
  const auto loaded = load("[ladder]\nslowed = 0.5\nheld = 1.5\n[[limit]]\nname = \"a\"\nrate = \"1/h\"\n");
  EXPECT_THAT(loaded.problems, IsEmpty());
  EXPECT_EQ(loaded.files.size(), 3U);
  EXPECT_EQ(loaded.configuration.policy.ladder.slowed, 0.5);
  EXPECT_EQ(loaded.configuration.policy.ladder.held, 3.5);
  ASSERT_EQ(loaded.configuration.policy.limits.size(), 2U);
  EXPECT_EQ(loaded.configuration.policy.limits[0].name, "a");
}

TEST_F(ConfigurationFiles, NameTheListAndItsLine) {
  write("aliases", "anna office@example.org\nbob\n");
  EXPECT_THAT(problems_of("[accounts]\naliases_file = \"aliases\"\n"),
              ElementsAre("aliases:2: 'bob' has no addresses; write them behind it"));
  const auto problems = problems_of("[accounts]\naliases_file = \"nowhere\"\n");
  ASSERT_EQ(problems.size(), 1U);
  EXPECT_THAT(problems[0], HasSubstr("postreeve.toml:2:16: there is no file '"));
}

TEST_F(ConfigurationFiles, AreMissedWhenTheyWereNamed) {
  const auto loaded = load_configuration(directory_ / "nowhere.toml");
  ASSERT_EQ(loaded.problems.size(), 1U);
  EXPECT_THAT(loaded.problems[0].to_string(), EndsWith("nowhere.toml: there is no such file"));
}

TEST_F(ConfigurationFiles, AreDumpedWithWhereEachValueComesFrom) {
  const std::string dump =
      dump_configuration(load("[ladder]\nheld = 2.5\n[[limit]]\nname = \"a\"\nrate = \"1/h\"\n"));
  EXPECT_THAT(dump, HasSubstr("held = 2.5  # "));
  EXPECT_THAT(dump, HasSubstr("postreeve.toml:2:1\n"));
  EXPECT_THAT(dump, HasSubstr("slowed = 0.0  # default\n"));
  EXPECT_THAT(dump, HasSubstr("[[limit]]\nname = \"a\"  # "));
  // What was dumped is a configuration again, the same one.
  const auto again = load(dump);
  EXPECT_THAT(again.problems, IsEmpty());
  EXPECT_EQ(again.configuration.policy.ladder.held, 2.5);
  EXPECT_EQ(again.configuration.policy.limits.size(), 1U);
}

// Every default of the table, written into a file, must be what the program does without a file.
TEST_F(ConfigurationFiles, HaveTheDefaultsThatTheTableSays) {
  std::string text;
  for (const Section& section : sections()) {
    if (section.form != Section::Form::kOne) continue;
    text += "[" + std::string(section.name) + "]\n";
    for (const Setting& setting : settings()) {
      if (setting.section != section.name || setting.fallback.empty()) continue;
      text += std::string(setting.name) + " = " + std::string(setting.fallback) + "\n";
    }
  }
  const auto loaded = load(text);
  EXPECT_THAT(loaded.problems, IsEmpty());
  const Configuration none;
  const Ladder& read = loaded.configuration.policy.ladder;
  const Ladder& built_in = none.policy.ladder;
  EXPECT_EQ(read.prior, built_in.prior);
  EXPECT_EQ(read.watched, built_in.watched);
  EXPECT_EQ(read.slowed, built_in.slowed);
  EXPECT_EQ(read.held, built_in.held);
  EXPECT_EQ(read.suspended, built_in.suspended);
  EXPECT_EQ(read.strong, built_in.strong);
  EXPECT_EQ(read.slowed_for, built_in.slowed_for);
  EXPECT_EQ(read.held_for, built_in.held_for);
  EXPECT_EQ(read.probation, built_in.probation);
  EXPECT_EQ(read.slowed_recipients_per_hour, built_in.slowed_recipients_per_hour);
  EXPECT_EQ(read.evidence_half_life, built_in.evidence_half_life);
  EXPECT_EQ(read.lesson_wait, built_in.lesson_wait);
  EXPECT_EQ(loaded.configuration.time_zone, none.time_zone);
  EXPECT_EQ(loaded.configuration.policy.suspended_rejects, none.policy.suspended_rejects);
}

TEST_F(ConfigurationFiles, UnderstandEveryExampleOfTheTable) {
  write("aliases", "");
  write("canaries", "");
  write("country.mmdb", "");
  write("asn.mmdb", "");
  write("auth_policy.password", "secret\n");
  write("ledger.password", "secret\n");
  write("redis.password", "secret\n");
  write("redis-ca.pem", "");
  write("conf.d/tenant.toml", "[[tenant]]\nname = \"school\"\ndomains = [\"s.example\"]\n");
  for (const Setting& setting : settings()) {
    if (setting.section == "tenant" || setting.name == "most" || setting.name == "suspended") continue;
    const bool names_actions = setting.section.starts_with("response") && setting.type == SettingType::kNames;
    if (names_actions || setting.section == "action") continue;
    const bool in_limit = setting.section == "limit";
    std::string text = in_limit ? "[[limit]]\n" : "[" + std::string(setting.section) + "]\n";
    if (in_limit && setting.name != "name") text += "name = \"a\"\n";
    if (in_limit && setting.name != "rate") text += "rate = \"1/h\"\n";
    text += std::string(setting.name) + " = " + std::string(setting.example) + "\n";
    if (setting.name == "held") text += "suspended = 5.0\n";
    const bool asks_for_password = setting.name == "user" || setting.name == "api_header";
    if (setting.section == "gate.auth_policy" && asks_for_password)
      text += "password_file = \"auth_policy.password\"\n";
    EXPECT_THAT(problems_of(text), IsEmpty()) << text;
  }
}

TEST(ConfigurationPage, IsInTheDocumentationAsTheTableSays) {
  const std::string file = POSTREEVE_SOURCE_DIR "/docs/configuration.md";
  if (std::getenv("POSTREEVE_UPDATE") != nullptr) std::ofstream(file) << configuration_page();
  const auto page = read_text_file(file);
  ASSERT_TRUE(page);
  EXPECT_EQ(*page, configuration_page())
      << "run this test with POSTREEVE_UPDATE=1 and commit docs/configuration.md";
}

}  // namespace
}  // namespace postreeve
