// One program, run to its end or to its time limit: no shell, no inherited descriptor, a process group of its
// own. Safe in a program with threads (posix_spawn).
#pragma once

#include <chrono>
#include <string>
#include <vector>

#include "base/result.h"

namespace postreeve {

struct ChildProgram {
  std::vector<std::string> command;      // an absolute path, then the arguments; not empty
  std::vector<std::string> environment;  // "NAME=value"; nothing else is passed
  std::string input;                     // its standard input: a file that can be read again
  std::chrono::milliseconds time_limit{};
  std::size_t most_output = 4096;  // bytes kept of each stream; the rest is read and dropped
};

struct ChildEnd {
  int exit_status = 0;   // what it gave to exit(); 128 + n when signal n ended it
  int signal = 0;        // 0: it ended by itself
  bool is_late = false;  // it and its process group were killed at the time limit
  std::string output;    // the front of its standard output
  std::string errors;    // the front of its standard error
};

// Runs it in "/", with all signals as the system has them, and waits. What it leaves running in the
// background after a timely end goes on without us.
//
// kNotFound or kInvalidInput when the file is not there or is no program that we may run, kUnavailable when
// the system has no room for it, and when it cannot be killed within two seconds (a hung disk): then it is
// left behind. Any thread.
[[nodiscard]] Result<ChildEnd> run_child(const ChildProgram& program);

}  // namespace postreeve
