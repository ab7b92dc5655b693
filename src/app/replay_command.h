// `postreeve replay`: puts the objects of a replay together and runs it.
#pragma once

#include "app/command_line.h"
#include "app/console.h"
#include "app/exit_code.h"

namespace postreeve {

[[nodiscard]] ExitCode run_replay(const ReplayArguments& arguments, const Console& console);

}  // namespace postreeve
