// `postreeve check-config`.
#pragma once

#include "app/command_line.h"
#include "app/configuration.h"
#include "app/console.h"
#include "app/exit_code.h"

namespace postreeve {

[[nodiscard]] ExitCode run_check_config(const CheckConfigArguments& arguments, const Console& console);

// Adds what is wrong with actions, at the place of the key that is meant. Each is made as the daemon would
// make it, on a ledger that goes with this. Nothing when there are problems already.
void check_actions(LoadedConfiguration& loaded);

// Tells all problems; whether there were none. Warnings are told too and are no problem.
[[nodiscard]] bool tell_problems(const LoadedConfiguration& loaded, const Console& console);

}  // namespace postreeve
