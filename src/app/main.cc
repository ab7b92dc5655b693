// The program: reads the command line and hands over to the command.
#include <exception>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "app/check_config_command.h"
#include "app/command_line.h"
#include "app/completion.h"
#include "app/console.h"
#include "app/control_command.h"
#include "app/doctor_command.h"
#include "app/explain_command.h"
#include "app/init_command.h"
#include "app/replay_command.h"
#include "app/serve_command.h"
#include "app/state_copy_command.h"

namespace postreeve {
namespace {

struct Run {
  const Console& console;

  ExitCode operator()(const ReplayArguments& arguments) const { return run_replay(arguments, console); }
  ExitCode operator()(const CheckConfigArguments& arguments) const {
    return run_check_config(arguments, console);
  }
  ExitCode operator()(const InitArguments& arguments) const { return run_init(arguments, console); }
  ExitCode operator()(const DoctorArguments& arguments) const { return run_doctor(arguments, console); }
  ExitCode operator()(const ServeArguments& arguments) const { return run_serve(arguments, console); }
  ExitCode operator()(const StateCopyArguments& arguments) const {
    return run_state_copy(arguments, console);
  }
  ExitCode operator()(const ControlArguments& arguments) const { return run_control(arguments, console); }
  ExitCode operator()(const ExplainArguments& arguments) const { return run_explain(arguments, console); }
  ExitCode operator()(const CompletionArguments& arguments) const {
    return run_completion(arguments, console);
  }
  ExitCode operator()(const VersionArguments&) const {
    return console.print("postreeve " POSTREEVE_VERSION "\n") ? ExitCode::kOk : ExitCode::kInputOutput;
  }
};

ExitCode run(std::span<const std::string> arguments, const Console& console) {
  const auto command = parse_command_line(arguments);
  if (command) return std::visit(Run{console}, *command);
  const Ending& ending = command.error();
  if (ending.code != ExitCode::kOk) {
    console.tell(ending.text);
    return ending.code;
  }
  return console.print(ending.text) ? ExitCode::kOk : ExitCode::kInputOutput;
}

}  // namespace
}  // namespace postreeve

int main(int count, char** words) {
  const auto console = postreeve::Console::of_process();
  try {
    const std::vector<std::string> arguments(words + 1, words + count);
    return static_cast<int>(postreeve::run(arguments, console));
  } catch (const std::exception& error) {
    console.complain(fmt::format("internal error: {}", error.what()));
    return 70;  // EX_SOFTWARE
  }
}
