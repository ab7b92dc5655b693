// The whole command line as CLI11 has it, for what is made from it: the manual and the completion of shells.
#pragma once

#include <functional>
#include <span>
#include <string>
#include <vector>

namespace CLI {
class App;
class Option;
}  // namespace CLI

namespace postreeve {

void with_command_tree(const std::function<void(const CLI::App&)>& use);

// A command without further commands below it: "account show".
struct CommandLeaf {
  std::string name;
  const CLI::App* app = nullptr;
};
// In the order in which help shows them.
[[nodiscard]] std::vector<CommandLeaf> leaves_of(const CLI::App& app);

// Without --help; "positional" are those that have no name with dashes.
[[nodiscard]] std::vector<const CLI::Option*> named_options_of(const CLI::App& command);
[[nodiscard]] std::vector<const CLI::Option*> positional_options_of(const CLI::App& command);
[[nodiscard]] bool is_flag(const CLI::Option& option);

}  // namespace postreeve
