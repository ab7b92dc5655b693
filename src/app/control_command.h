// The verbs that ask a running daemon.
#pragma once

#include "app/console.h"
#include "app/control_line.h"
#include "app/exit_code.h"

namespace postreeve {

[[nodiscard]] ExitCode run_control(ControlArguments arguments, const Console& console);

}  // namespace postreeve
