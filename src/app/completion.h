// `postreeve completion bash|zsh|fish`: a script for the shell, made from the command line itself.
#pragma once

#include <string>

#include "app/console.h"
#include "app/exit_code.h"

namespace CLI {
class App;
}

namespace postreeve {

struct CompletionArguments {
  std::string shell;
};

// `arguments` must outlive `app`.
void add_completion(CLI::App& app, CompletionArguments& arguments);

[[nodiscard]] std::string bash_completion(const CLI::App& app);
[[nodiscard]] std::string zsh_completion(const CLI::App& app);
[[nodiscard]] std::string fish_completion(const CLI::App& app);

[[nodiscard]] ExitCode run_completion(const CompletionArguments& arguments, const Console& console);

}  // namespace postreeve
