// `postreeve explain LINE`: what a log line says, and what Postreeve knows of the account in it.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "app/console.h"
#include "app/exit_code.h"
#include "app/output_format.h"

namespace CLI {
class App;
}

namespace postreeve {

struct ExplainArguments {
  std::optional<std::string> config;
  std::optional<std::string> socket;  // else the configuration's
  OutputFormat output = OutputFormat::kTable;
  std::vector<std::string> words;  // the line, in quotes or not; "-": lines of standard input
};

// `arguments` must outlive `app`.
void add_explain(CLI::App& app, ExplainArguments& arguments);

// kData when no line is understood. Without a daemon only the reading is shown.
[[nodiscard]] ExitCode run_explain(const ExplainArguments& arguments, const Console& console);

}  // namespace postreeve
