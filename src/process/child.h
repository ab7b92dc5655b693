// Runs another program: without a shell, with an environment we choose, for a limited time.
#pragma once

#include <chrono>
#include <cstddef>
#include <string>
#include <vector>

#include "base/result.h"

namespace postreeve {

struct ChildOptions {
  std::string input{};  // its standard input
  std::chrono::milliseconds limit{10'000};
  std::size_t most_output = 1024UL * 1024;  // bytes; more is an error
  // The whole environment, unless is_bare beside PATH=/usr/local/sbin:...:/bin and LC_ALL=C.
  std::vector<std::string> environment{};  // "NAME=value"
  bool is_bare = false;
};

struct ChildOutcome {
  int exit_code = 0;   // 128 and the signal's number when one ended it
  std::string output;  // whatever bytes it wrote
  std::string errors;  // the beginning of what it wrote to standard error, at most 4 KiB
};

// Runs `command` and waits for it. A name without a slash is looked for in /usr/local/sbin, /usr/local/bin,
// /usr/sbin, /usr/bin, /sbin and /bin, whatever our own PATH says. Each argument is one argument: no shell
// sees them. It inherits no file of ours, and has a process group of its own.
//
// Whatever exit code it ends with is an outcome. kInvalidInput: nothing to run, or a NUL byte in an argument;
// kNotFound: no such program; kUnavailable: it did not end in time, and is killed with its children where we
// may, or nobody can say how it ended (the process ignores SIGCHLD); kLimitExceeded: it wrote more than
// most_output, and is killed. Any thread.
[[nodiscard]] Result<ChildOutcome> run_child(const std::vector<std::string>& command,
                                             const ChildOptions& options);

// Starts `command` in a session of its own, without input and output, and does not wait: it goes on when we
// end. Nobody learns how it ended. For programs that end soon after starting others. Fails as above.
[[nodiscard]] Result<void> start_child_alone(const std::vector<std::string>& command);

}  // namespace postreeve
