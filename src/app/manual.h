// The manual pages, made from the same tables as the command line, its help and the configuration.
#pragma once

#include <string>

namespace CLI {
class App;
}

namespace postreeve {

// postreeve(1): every command with its options.
[[nodiscard]] std::string manual_of_commands(const CLI::App& app);
// postreeve.toml(5): every setting.
[[nodiscard]] std::string manual_of_configuration();

}  // namespace postreeve
