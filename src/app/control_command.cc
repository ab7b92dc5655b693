#include "app/control_command.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <iostream>
#include <iterator>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include <boost/json/array.hpp>

#include "app/check_config_command.h"
#include "app/configuration.h"
#include "app/control_client.h"
#include "app/data_output.h"
#include "app/list_file.h"
#include "app/lists.h"

namespace postreeve {
namespace {

namespace json = boost::json;

ExitCode exit_code_of(const Error& error, bool of_connection) {
  switch (error.code) {
    case ErrorCode::kNotFound:
      return of_connection ? ExitCode::kUnavailable : ExitCode::kNotKnown;
    case ErrorCode::kUnavailable:
      return of_connection ? ExitCode::kNotAllowed : ExitCode::kTryAgain;
    case ErrorCode::kLimitExceeded:
      return ExitCode::kTryAgain;
    default:
      return ExitCode::kData;
  }
}

Result<std::string> read_input(const std::string& file) {
  if (file == "-") return std::string(std::istreambuf_iterator<char>(std::cin), {});
  return read_text_file(file);
}

// A list is sent in parts that the daemon writes well within its patience and ours.
constexpr std::size_t kMostValuesAtOnce = 500;

bool wants_a_reason(const ControlArguments& arguments) {
  static constexpr std::array<std::string_view, 15> kVerbs{
      "account hold",     "account suspend",  "account release",   "account trust", "incident confirm",
      "incident dismiss", "incident release", "incident evidence", "action retry",  "action run",
      "queue hold",       "queue release",    "queue delete",      "sessions kick", "account forget"};
  return std::ranges::find(kVerbs, arguments.verb) != kVerbs.end() &&
         !arguments.arguments.contains("reason") && !arguments.arguments.contains("dry_run");
}

class ControlCommand {
 public:
  ControlCommand(ControlArguments arguments, const Console& console)
      : arguments_(std::move(arguments)), console_(console) {}

  ExitCode run() {
    if (arguments_.values_file) {
      if (const ExitCode code = read_values(); code != ExitCode::kOk) return code;
    }
    std::string socket;
    if (!find_socket(socket)) return ExitCode::kConfiguration;
    Result<ControlClient> client = ControlClient::connect(socket);
    if (!client) return complain(client.error(), exit_code_of(client.error(), true));
    if (console_.error_is_terminal() && wants_a_reason(arguments_))
      console_.complain("without --reason nobody will know later why this was done");
    if (arguments_.follow) return follow(*client);
    return arguments_.values_file ? send_values(*client) : ask_once(*client);
  }

 private:
  // "values" of a file, or everything that is wrong with it.
  ExitCode read_values() {
    const std::string& name = *arguments_.values_file;
    const Result<std::string> text = read_input(name);
    if (!text) return complain({text.error().code, name + ": " + text.error().detail}, ExitCode::kNoInput);
    const json::value* list = arguments_.arguments.if_contains("list");
    const std::string_view of =
        list != nullptr && list->is_string() ? std::string_view(list->get_string()) : std::string_view();
    ListFile file = read_list_file(*text, name == "-" ? "standard input" : name, of);
    for (const std::string& problem : file.problems) console_.complain(problem);
    if (!file.problems.empty()) {
      console_.complain("nothing was added");
      return ExitCode::kData;
    }
    values_ = std::move(file.values);
    return ExitCode::kOk;
  }

  ExitCode send_values(ControlClient& client) {
    json::array all;
    for (std::size_t sent = 0; sent == 0 || sent < values_.size(); sent += kMostValuesAtOnce) {
      json::array part;
      const std::size_t end = std::min(values_.size(), sent + kMostValuesAtOnce);
      for (std::size_t i = sent; i < end; ++i) part.emplace_back(values_[i]);
      arguments_.arguments.insert_or_assign("values", std::move(part));
      Result<json::value> data = client.ask(arguments_.verb, arguments_.arguments);
      if (!data) return complain(data.error(), exit_code_of(data.error(), false));
      if (data->is_array()) all.insert(all.end(), data->get_array().begin(), data->get_array().end());
    }
    return show(all);
  }

  ExitCode show(const json::value& data) const {
    const std::string text = print_data(data, arguments_.output, arguments_.verb);
    return console_.print(text) ? ExitCode::kOk : ExitCode::kInputOutput;
  }

  bool find_socket(std::string& socket) const {
    if (arguments_.socket) {
      socket = *arguments_.socket;
      return true;
    }
    const LoadedConfiguration loaded = load_configuration_or_default(arguments_.config);
    socket = loaded.configuration.serving.control_socket;
    return tell_problems(loaded, console_);
  }

  ExitCode complain(const Error& error, ExitCode code) const {
    console_.complain(error.detail);
    return code;
  }

  ExitCode ask_once(ControlClient& client) const {
    const Result<json::value> data = client.ask(arguments_.verb, arguments_.arguments);
    if (!data) return complain(data.error(), exit_code_of(data.error(), false));
    return show(*data);
  }

  // Asks again and again for what came since; ends when the daemon or the reader of the pipe goes.
  ExitCode follow(ControlClient& client) const {
    json::object arguments = arguments_.arguments;
    bool is_first = true;
    while (true) {
      const Result<json::value> data = client.ask(arguments_.verb, arguments);
      if (!data) return complain(data.error(), exit_code_of(data.error(), false));
      if (data->is_array() && !data->get_array().empty()) {
        const json::value* number = data->get_array().back().get_object().if_contains("number");
        if (number != nullptr) arguments.insert_or_assign("after", *number);
        if (!console_.print(watched(*data, is_first))) return ExitCode::kInputOutput;
        is_first = false;
      }
      std::this_thread::sleep_for(std::chrono::milliseconds(250));
    }
  }

  [[nodiscard]] std::string watched(const json::value& data, bool is_first) const {
    if (arguments_.output == OutputFormat::kTable) return print_watched(data);
    if (arguments_.output == OutputFormat::kJson) return print_data(data, OutputFormat::kNdjson);
    std::string text = print_data(data, arguments_.output);
    // The header of CSV stands once.
    if (arguments_.output == OutputFormat::kCsv && !is_first) text.erase(0, text.find('\n') + 1);
    return text;
  }

  ControlArguments arguments_;
  const Console& console_;
  std::vector<std::string> values_;
};

}  // namespace

ExitCode run_control(ControlArguments arguments, const Console& console) {
  return ControlCommand(std::move(arguments), console).run();
}

}  // namespace postreeve
