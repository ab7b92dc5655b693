#include "app/check_config_command.h"

#include <cstdlib>
#include <filesystem>
#include <system_error>

#include <fmt/format.h>

#include "net/locator.h"
#include "replay/numbers.h"
#include "response/actions.h"
#include "store/ledger/database.h"

namespace postreeve {
namespace {

// Gone with the object; where none can be made, its path is empty.
class ScratchFolder {
 public:
  ScratchFolder() {
    std::error_code ignored;
    std::string name = (std::filesystem::temp_directory_path(ignored) / "postreeve-check-XXXXXX").string();
    if (::mkdtemp(name.data()) != nullptr) path_ = name;
  }
  ~ScratchFolder() {
    std::error_code ignored;
    if (!path_.empty()) std::filesystem::remove_all(path_, ignored);
  }
  ScratchFolder(const ScratchFolder&) = delete;
  ScratchFolder& operator=(const ScratchFolder&) = delete;
  [[nodiscard]] const std::filesystem::path& path() const noexcept { return path_; }

 private:
  std::filesystem::path path_;
};

// That the files are there was seen while reading; what is in them is not known until they are opened.
void check_geography(LoadedConfiguration& loaded) {
  const auto& files = loaded.configuration.geography_files;
  if (!loaded.problems.empty() || files.empty()) return;
  const auto locator = Locator::open(std::vector<std::filesystem::path>(files.begin(), files.end()));
  if (locator) return;
  Place place;
  for (const GivenSetting& given : loaded.given) {
    if (given.section == "geography" && given.name == "files") place = given.place;
  }
  loaded.problems.push_back({place, locator.error().detail});
}

// Each is made as the daemon would make it, on a ledger that goes with this.
void check_actions(LoadedConfiguration& loaded) {
  const auto& configured = loaded.configuration.response.actions;
  if (!loaded.problems.empty() || configured.empty()) return;
  const ScratchFolder folder;
  const auto ledger = LedgerDatabase::open({.path = folder.path() / "ledger.db"});
  if (!ledger) {
    loaded.warnings.push_back({{}, "actions were not looked at: " + ledger.error().detail});
    return;
  }
  for (const ConfiguredAction& one : configured) {
    const auto made = Actions::make({one}, {.ledger = **ledger, .state_folder = folder.path().string()});
    if (made) continue;
    Place place;
    for (const GivenSetting& given : loaded.given) {
      if (given.section == "action." + one.settings.name() && given.name == "type") place = given.place;
    }
    loaded.problems.push_back({place, made.error().detail});
  }
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

bool tell_problems(const LoadedConfiguration& loaded, const Console& console) {
  for (const ConfigurationProblem& problem : loaded.problems) console.complain(problem.to_string());
  for (const ConfigurationProblem& warning : loaded.warnings)
    console.complain("warning: " + warning.to_string());
  return loaded.problems.empty();
}

ExitCode run_check_config(const CheckConfigArguments& arguments, const Console& console) {
  LoadedConfiguration loaded = load_configuration_or_default(arguments.config);
  check_geography(loaded);
  check_actions(loaded);
  if (!tell_problems(loaded, console)) return ExitCode::kConfiguration;
  const bool written = console.print(arguments.dump ? dump_configuration(loaded) : summary(loaded));
  return written ? ExitCode::kOk : ExitCode::kInputOutput;
}

}  // namespace postreeve
