// `postreeve init`: finds the mail servers and shows, or writes, what makes them ask Postreeve.
#pragma once

#include "app/console.h"
#include "app/exit_code.h"
#include "app/wiring_arguments.h"

namespace postreeve {

[[nodiscard]] ExitCode run_init(const InitArguments& arguments, const Console& console);

}  // namespace postreeve
