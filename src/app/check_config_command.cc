#include "app/check_config_command.h"

#include <filesystem>

#include <fmt/format.h>

#include "net/locator.h"
#include "replay/numbers.h"

namespace postreeve {
namespace {

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
  if (!tell_problems(loaded, console)) return ExitCode::kConfiguration;
  const bool written = console.print(arguments.dump ? dump_configuration(loaded) : summary(loaded));
  return written ? ExitCode::kOk : ExitCode::kInputOutput;
}

}  // namespace postreeve
