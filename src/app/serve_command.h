// `postreeve serve`.
#pragma once

#include "app/command_line.h"
#include "app/console.h"
#include "app/exit_code.h"

namespace postreeve {

[[nodiscard]] ExitCode run_serve(const ServeArguments& arguments, const Console& console);

}  // namespace postreeve
