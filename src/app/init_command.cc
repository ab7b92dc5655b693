#include "app/init_command.h"

#include <filesystem>
#include <optional>
#include <vector>

#include <fmt/format.h>

#include "app/check_config_command.h"
#include "app/clock.h"
#include "app/configuration.h"

namespace postreeve {
namespace {

bool has_gates(const WiringSettings& wiring) {
  return !(wiring.postfix_policy.empty() && wiring.socketmap.empty() && wiring.tcp_table.empty() &&
           wiring.milter.empty() && wiring.auth_policy.empty() && wiring.events.empty());
}

// Our own configuration: made when there is none, else left to its owner.
ServerWiring wire_ourselves(const std::string& file, const WiringSettings& ours) {
  ServerWiring wiring{.server = "Postreeve"};
  const auto before = read_file(file);
  const auto text = configuration_text(ours);
  if (!before) {
    wiring.lines = {fmt::format("{}:\n{}", file, text)};
    wiring.changes = {{file, std::nullopt, text}};
    return wiring;
  }
  wiring.note = fmt::format("{} is there already", file);
  return wiring;
}

std::string shown(const ServerWiring& wiring) {
  std::string text = fmt::format("# {}\n", wiring.server);
  for (const auto& line : wiring.lines) text += line + (line.ends_with('\n') ? "" : "\n");
  if (!wiring.note.empty()) text += fmt::format("# {}\n", wiring.note);
  if (!wiring.changes.empty() && !wiring.reload.empty()) text += fmt::format("# then: {}\n", wiring.reload);
  return text + "\n";
}

std::string told(const ServerWiring& wiring, const Applied& applied) {
  std::string text = fmt::format("# {}: written\n", wiring.server);
  for (const auto& change : wiring.changes) text += fmt::format("wrote {}\n", change.path);
  for (const auto& backup : applied.backups) text += fmt::format("kept {}\n", backup);
  if (!wiring.reload.empty()) text += fmt::format("now: {}\n", wiring.reload);
  text += fmt::format("undo: {}\n\n", fmt::join(applied.undo, " && "));
  return text;
}

}  // namespace

ExitCode run_init(const InitArguments& arguments, const Console& console) {
  const std::string file = arguments.config.value_or(std::string(kDefaultConfigurationFile));
  const bool is_there = std::filesystem::exists(file);
  WiringSettings ours = suggested_wiring(arguments.places);
  if (is_there) {
    const auto loaded = load_configuration(file);
    if (!tell_problems(loaded, console)) return ExitCode::kConfiguration;
    const auto configured = wiring_of(loaded.configuration);
    if (has_gates(configured)) ours = configured;
  }
  std::vector<ServerWiring> wirings{wire_ourselves(file, ours)};
  for (auto& server : {wire_postfix(arguments.places, ours), wire_dovecot(arguments.places, ours),
                       wire_exim(arguments.places, ours)}) {
    if (server) wirings.push_back(*server);
  }
  if (wirings.size() == 1) console.complain("neither Postfix nor Dovecot nor Exim was found on this machine");
  std::string text;
  auto code = ExitCode::kOk;
  for (const auto& wiring : wirings) {
    if (!arguments.apply || wiring.changes.empty()) {
      text += shown(wiring);
      continue;
    }
    if (const auto applied = apply_changes(wiring, now())) {
      text += told(wiring, *applied);
    } else {
      const bool is_rejected = applied.error().code == ErrorCode::kConflict;
      code = is_rejected ? ExitCode::kConfiguration : ExitCode::kTryAgain;
      console.complain(fmt::format("{}: nothing was changed: {}", wiring.server, applied.error().detail));
    }
  }
  if (!arguments.apply)
    text += "# Nothing was changed. postreeve init --apply writes these lines, with backups.\n";
  return console.print(text) ? code : ExitCode::kInputOutput;
}

}  // namespace postreeve
