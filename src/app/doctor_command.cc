#include "app/doctor_command.h"

#include <fmt/format.h>

#include "app/clock.h"
#include "app/configuration.h"
#include "app/wiring/check.h"
#include "app/wiring/daemon_checks.h"
#include "app/wiring/gate_checks.h"
#include "app/wiring/log_checks.h"
#include "app/wiring/mailbox_checks.h"
#include "app/wiring/postfix_checks.h"

namespace postreeve {
namespace {

Checks configuration_checks(const LoadedConfiguration& loaded) {
  Checks checks;
  for (const auto& problem : loaded.problems) {
    checks.push_back(
        {CheckResult::kFail, "configuration", problem.to_string(), "postreeve check-config shows all"});
  }
  for (const auto& warning : loaded.warnings) {
    checks.push_back({CheckResult::kWarn, "configuration", warning.to_string(), {}});
  }
  if (!checks.empty()) return checks;
  if (loaded.files.empty()) {
    return {{CheckResult::kWarn, "configuration", "there is no configuration file: no gate is open",
             "postreeve init shows one, postreeve init --apply writes it"}};
  }
  return {{CheckResult::kPass, "configuration", fmt::format("{} is right", loaded.files.front()), {}}};
}

// Not installed, or its configuration cannot be read.
Check unread(const std::string& server, const Error& error) {
  const bool is_absent = error.code == ErrorCode::kNotFound;
  return {is_absent ? CheckResult::kSkip : CheckResult::kWarn, server,
          is_absent ? "it is not installed" : error.detail, is_absent ? "" : "run doctor as root"};
}

Checks server_checks(const ServerPlaces& places, const WiringSettings& ours) {
  Checks checks;
  const auto add = [&](Checks more) { checks.insert(checks.end(), more.begin(), more.end()); };
  if (const auto postfix = read_postfix(places.postfix.value_or(""))) {
    add(check_postfix(*postfix, ours));
  } else {
    checks.push_back(unread("postfix", postfix.error()));
  }
  if (const auto dovecot = read_dovecot(places.dovecot.value_or(""))) {
    add(check_dovecot(*dovecot, ours));
  } else {
    checks.push_back(unread("dovecot", dovecot.error()));
  }
  const auto file = exim_configuration(places);
  if (file.empty()) {
    checks.push_back({CheckResult::kSkip, "exim", "it is not installed", {}});
  } else if (const auto text = read_exim(file)) {
    add(check_exim(*text, ours));
  } else {
    checks.push_back(unread("exim", text.error()));
  }
  return checks;
}

ExitCode plugin_code(CheckResult worst) {
  switch (worst) {
    case CheckResult::kPass:
      return ExitCode::kOk;
    case CheckResult::kWarn:
      return ExitCode::kFault;
    case CheckResult::kFail:
      return ExitCode::kPluginCritical;
    case CheckResult::kSkip:
      break;
  }
  return ExitCode::kPluginUnknown;
}

}  // namespace

ExitCode run_doctor(const DoctorArguments& arguments, const Console& console) {
  const auto loaded = load_configuration_or_default(arguments.config);
  const bool is_right = loaded.problems.empty();
  const auto ours = is_right ? wiring_of(loaded.configuration) : WiringSettings{};
  Checks checks = configuration_checks(loaded);
  const auto add = [&](Checks more) { checks.insert(checks.end(), more.begin(), more.end()); };
  if (is_right) {
    add(check_gates(ours));
    add(check_daemon(ours, now()));
    add(check_state_folder(ours));
    add(check_logs(ours, now()));
  }
  add(server_checks(arguments.places, ours));
  const auto worst = worst_of(checks);
  std::string text =
      arguments.output == OutputFormat::kJson ? checks_as_json(checks) : checks_as_table(checks);
  if (arguments.plugin) text = checks_as_plugin(checks);
  if (!console.print(text)) return ExitCode::kInputOutput;
  if (arguments.plugin) return plugin_code(worst);
  return worst == CheckResult::kFail ? ExitCode::kFault : ExitCode::kOk;
}

}  // namespace postreeve
