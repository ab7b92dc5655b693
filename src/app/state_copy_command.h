// `postreeve state copy`: moves records, counters and the ledger to where another configuration keeps them.
#pragma once

#include <string>

#include "app/console.h"
#include "app/exit_code.h"

namespace CLI {
class App;
}

namespace postreeve {

struct StateCopyArguments {
  std::string from;  // configuration files
  std::string to;
  bool replace = false;
  bool dry_run = false;
};

// `arguments` must outlive `app`.
void add_state_copy(CLI::App& app, StateCopyArguments& arguments);

[[nodiscard]] ExitCode run_state_copy(const StateCopyArguments& arguments, const Console& console);

}  // namespace postreeve
