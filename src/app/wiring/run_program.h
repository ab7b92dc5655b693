// Runs another program and takes what it says.
#pragma once

#include <chrono>
#include <string>
#include <vector>

#include "base/result.h"

namespace postreeve {

struct ProgramOutput {
  int exit_code = 0;   // 128 + signal when one ended it
  std::string output;  // standard output, cut to 4 MiB
  std::string errors;  // standard error, likewise
};

// `words[0]` is looked for in PATH and in the sbin folders, which PATH of an ordinary user leaves out. No
// shell. kNotFound: there is no such program. kUnavailable: it did not end in time (and was killed), or could
// not be started.
[[nodiscard]] Result<ProgramOutput> run_program(const std::vector<std::string>& words,
                                                std::chrono::milliseconds most = std::chrono::seconds{20});

// Where the program is; empty: nowhere.
[[nodiscard]] std::string find_program(const std::string& name);

}  // namespace postreeve
