// The command lines of `postreeve init` and `postreeve doctor`.
#pragma once

#include <optional>
#include <string>

#include "app/output_format.h"
#include "app/wiring/server_wiring.h"

namespace CLI {
class App;
}

namespace postreeve {

struct InitArguments {
  std::optional<std::string> config;
  ServerPlaces places;
  bool apply = false;
};

struct DoctorArguments {
  std::optional<std::string> config;
  ServerPlaces places;
  bool plugin = false;
  OutputFormat output = OutputFormat::kTable;
};

// Adds the verb; `arguments` is filled when the command line is parsed and must outlive `app`.
void add_init(CLI::App& app, InitArguments& arguments);
void add_doctor(CLI::App& app, DoctorArguments& arguments);

}  // namespace postreeve
