#include "app/check_config_command.h"

#include <filesystem>

#include <fmt/format.h>

#include "base/ascii.h"
#include "base/temporary_folder.h"
#include "net/locator.h"
#include "replay/numbers.h"
#include "response/actions.h"
#include "store/ledger/database.h"
#include "store/ledger/postgresql_session.h"

namespace postreeve {
namespace {

// Nothing of it where it is not given.
Place place_of(const std::vector<GivenSetting>& settings, std::string_view section, std::string_view name) {
  Place place;
  for (const GivenSetting& given : settings) {
    if (given.section == section && given.name == name) place = given.place;
  }
  return place;
}

bool is_in_name(char c) {
  return is_alnum(c) || c == '_';
}

// Where the word stands in the text; npos: nowhere.
std::size_t find_word(std::string_view text, std::string_view word) {
  for (std::size_t at = text.find(word); at != std::string_view::npos; at = text.find(word, at + 1)) {
    const std::size_t end = at + word.size();
    if ((at == 0 || !is_in_name(text[at - 1])) && (end == text.size() || !is_in_name(text[end]))) return at;
  }
  return std::string_view::npos;
}

// Of the key that is wrong with the action, which is the first one that the sentence names; of the section
// where that one is missing.
Place place_of_problem(const std::vector<GivenSetting>& settings, const ConfiguredAction& action,
                       std::string_view sentence) {
  std::string_view key = "type";
  std::size_t first = std::string_view::npos;
  for (const ActionKey& one : find_action_type(action.type)->keys) {
    if (const std::size_t at = find_word(sentence, one.name); at < first && action.settings.has(one.name)) {
      first = at;
      key = one.name;
    }
  }
  return place_of(settings, "action." + action.settings.name(), key);
}

// That the files are there was seen while reading; what is in them is not known until they are opened.
void check_geography(LoadedConfiguration& loaded) {
  const auto& files = loaded.configuration.geography_files;
  if (!loaded.problems.empty() || files.empty()) return;
  const auto locator = Locator::open(std::vector<std::filesystem::path>(files.begin(), files.end()));
  if (locator) return;
  loaded.problems.push_back({place_of(loaded.given, "geography", "files"), locator.error().detail});
}

// Nobody is asked: the server may be away.
void check_ledger(LoadedConfiguration& loaded) {
  const std::string& connection = loaded.configuration.serving.ledger.connection;
  if (!loaded.problems.empty() || connection.empty()) return;
  const auto sound = check_connection(connection);
  if (sound) return;
  loaded.problems.push_back(
      {place_of(loaded.given, "state", "ledger"), "no connection to PostgreSQL: " + sound.error().detail});
}

std::string summary(const LoadedConfiguration& loaded) {
  const Configuration& configuration = loaded.configuration;
  const Policy& policy = configuration.policy;
  std::string text = "ok\n";
  if (loaded.files.empty()) text += "  no configuration file: every setting has its default\n";
  for (const std::string& file : loaded.files) text += fmt::format("  read {}\n", file);
  const std::size_t canaries = policy.canaries.addresses.size() + policy.canaries.patterns.size();
  text += fmt::format("  {}, {}, {}, {}, {}\n", counted(policy.tenants.size(), "tenant", "tenants"),
                      counted(policy.limits.size(), "limit", "limits"),
                      counted(policy.trusted_networks.size(), "trusted network", "trusted networks"),
                      counted(canaries, "canary", "canaries"),
                      counted(policy.aliases.size(), "account with aliases", "accounts with aliases"));
  const std::size_t actions = configuration.response.actions.size();
  if (actions > 0) text += fmt::format("  {}\n", counted(actions, "action", "actions"));
  text +=
      fmt::format("  geography: {}\n", configuration.geography_files.empty()
                                           ? "none, every address is at an unknown place"
                                           : counted(configuration.geography_files.size(), "file", "files"));
  return text;
}

}  // namespace

void check_actions(LoadedConfiguration& loaded) {
  const auto& configured = loaded.configuration.response.actions;
  if (!loaded.problems.empty() || configured.empty()) return;
  const TemporaryFolder folder("check");
  const auto ledger = LedgerDatabase::open({.path = folder.path() / "ledger.db"});
  if (!ledger) {
    loaded.warnings.push_back({{}, "actions were not looked at: " + ledger.error().detail});
    return;
  }
  for (const ConfiguredAction& one : configured) {
    const auto made = Actions::make({one}, {.ledger = **ledger, .state_folder = folder.path().string()});
    if (made) continue;
    const std::string& says = made.error().detail;  // "[action.NAME]: ..."
    const std::string_view sentence = std::string_view(says).substr(says.find("]: ") + 3);
    loaded.problems.push_back({place_of_problem(loaded.given, one, sentence), says});
  }
}

bool tell_problems(const LoadedConfiguration& loaded, const Console& console) {
  for (const ConfigurationProblem& problem : loaded.problems) console.complain(problem.to_string());
  for (const ConfigurationProblem& warning : loaded.warnings)
    console.complain("warning: " + warning.to_string());
  return loaded.problems.empty();
}

ExitCode run_check_config(const CheckConfigArguments& arguments, const Console& console) {
  LoadedConfiguration loaded = load_configuration_or_default(arguments.config);
  check_geography(loaded);
  check_ledger(loaded);
  check_actions(loaded);
  if (!tell_problems(loaded, console)) return ExitCode::kConfiguration;
  const bool written = console.print(arguments.dump ? dump_configuration(loaded) : summary(loaded));
  return written ? ExitCode::kOk : ExitCode::kInputOutput;
}

}  // namespace postreeve
