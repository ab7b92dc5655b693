// What the user typed, as values.
#pragma once

#include <expected>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "app/completion.h"
#include "app/control_line.h"
#include "app/exit_code.h"
#include "app/explain_command.h"
#include "app/output_format.h"
#include "app/state_copy_command.h"
#include "app/wiring_arguments.h"

namespace postreeve {

struct ReplayArguments {
  std::vector<std::string> files;
  bool is_trace = false;
  std::optional<std::string> config;
  std::optional<std::string> compare;
  std::vector<std::string> geography;
  std::optional<std::string> since;  // as typed: what it means depends on the time zone
  std::optional<std::string> until;
  std::optional<std::string> time_zone;
  std::optional<std::string> default_domain;
  std::optional<std::string> verdicts;
  OutputFormat output = OutputFormat::kTable;
  unsigned threads = 2;
};

struct CheckConfigArguments {
  std::optional<std::string> config;
  bool dump = false;
};

struct ServeArguments {
  std::optional<std::string> config;
};

struct VersionArguments {};

using Command = std::variant<ReplayArguments, CheckConfigArguments, InitArguments, DoctorArguments,
                             ServeArguments, ExplainArguments, CompletionArguments, StateCopyArguments,
                             ControlArguments, VersionArguments>;

// The end before anything was done: help that was asked for, or a mistake.
struct Ending {
  ExitCode code = ExitCode::kOk;
  std::string text;  // for standard output when the code is kOk, else for standard error
};

// `arguments` without the program's own name.
[[nodiscard]] std::expected<Command, Ending> parse_command_line(std::span<const std::string> arguments);

}  // namespace postreeve
