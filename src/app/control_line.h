// The verbs of people who run a daemon, as typed: `account show a@x.example`, `incident list --state open`.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include <boost/json/object.hpp>

#include "app/output_format.h"

namespace CLI {
class App;
}

namespace postreeve {

// What is asked of the daemon, and how its answer is shown.
struct ControlArguments {
  std::optional<std::string> config;
  std::optional<std::string> socket;  // else the configuration's
  OutputFormat output = OutputFormat::kTable;
  std::string verb;                        // "account show"
  boost::json::object arguments;           // as src/control/verbs.h names them
  bool follow = false;                     // `watch`: go on asking
  std::optional<std::string> values_file;  // `list import`: "values", a line each
};

// Where typed words are kept while the line is read; must outlive the reading.
struct ControlWords {
  ControlArguments arguments;
  std::string account;
  std::string incident;
  std::string list;
  std::string value;
  std::string mode;
  std::string file;
  std::string text;
  std::string reason;
  std::string comment;
  std::string cause;
  std::string state;
  std::string name;
  std::string tenant;
  std::string token_id;
  std::string expires;
  std::string kind;
  std::string within;
  std::string by;
  std::vector<std::string> values;
  std::vector<std::string> events;
  std::vector<std::string> networks;
  std::vector<std::string> only_networks;
  std::vector<std::string> only_countries;
  std::int64_t most = 0;
  std::int64_t number = 0;
  std::string action;
  bool given_up = false;
  bool undo = false;
  bool force = false;
  bool compare = false;
  bool dry_run = false;
  bool clear = false;
};

// Adds status, mode, watch, backup, find, top, account, incident, action, list, token and audit.
void add_control_verbs(CLI::App& app, ControlWords& words);

// After the reading: what was typed, when it was one of these; kInvalidInput texts say what is wrong.
[[nodiscard]] std::optional<ControlArguments> control_arguments(const CLI::App& app, ControlWords& words,
                                                                std::string& mistake);

}  // namespace postreeve
