#include "app/command_tree.h"

#include <algorithm>

#include <CLI/CLI.hpp>

namespace postreeve {
namespace {

void add_leaves(const CLI::App& app, const std::string& before, std::vector<CommandLeaf>& leaves) {
  for (const CLI::App* command : app.get_subcommands({})) {
    const std::string name = before.empty() ? command->get_name() : before + ' ' + command->get_name();
    if (command->get_subcommands({}).empty()) {
      leaves.push_back({name, command});
    } else {
      add_leaves(*command, name, leaves);
    }
  }
}

}  // namespace

std::vector<CommandLeaf> leaves_of(const CLI::App& app) {
  std::vector<CommandLeaf> leaves;
  add_leaves(app, {}, leaves);
  return leaves;
}

std::vector<const CLI::Option*> named_options_of(const CLI::App& command) {
  std::vector<const CLI::Option*> options = command.get_options();
  std::erase_if(options, [&command](const CLI::Option* option) {
    return !option->nonpositional() || option == command.get_help_ptr();
  });
  return options;
}

std::vector<const CLI::Option*> positional_options_of(const CLI::App& command) {
  std::vector<const CLI::Option*> options = command.get_options();
  std::erase_if(options, [](const CLI::Option* option) { return option->nonpositional(); });
  return options;
}

bool is_flag(const CLI::Option& option) {
  return option.get_items_expected_max() == 0;
}

}  // namespace postreeve
