// `postreeve doctor`: checks the wiring between the mail servers and Postreeve.
#pragma once

#include "app/console.h"
#include "app/exit_code.h"
#include "app/wiring_arguments.h"

namespace postreeve {

[[nodiscard]] ExitCode run_doctor(const DoctorArguments& arguments, const Console& console);

}  // namespace postreeve
