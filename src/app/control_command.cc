#include "app/control_command.h"

#include <chrono>
#include <iostream>
#include <iterator>
#include <sstream>
#include <string>
#include <thread>

#include <boost/json/array.hpp>

#include "app/check_config_command.h"
#include "app/configuration.h"
#include "app/control_client.h"
#include "app/data_output.h"
#include "app/lists.h"
#include "base/ascii.h"

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

// "values" of a file, a line each.
Result<json::array> read_values(const std::string& file) {
  std::string text;
  if (file == "-") {
    text.assign(std::istreambuf_iterator<char>(std::cin), {});
  } else {
    Result<std::string> read = read_text_file(file);
    if (!read) return fail(read.error());
    text = std::move(*read);
  }
  json::array values;
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    const std::string_view value = trim(std::string_view(line).substr(0, line.find('#')));
    if (!value.empty()) values.emplace_back(value);
  }
  return values;
}

class ControlCommand {
 public:
  ControlCommand(ControlArguments arguments, const Console& console)
      : arguments_(std::move(arguments)), console_(console) {}

  ExitCode run() {
    if (arguments_.values_file) {
      Result<json::array> values = read_values(*arguments_.values_file);
      if (!values) return complain(values.error(), ExitCode::kNoInput);
      arguments_.arguments.insert_or_assign("values", std::move(*values));
    }
    std::string socket;
    if (!find_socket(socket)) return ExitCode::kConfiguration;
    Result<ControlClient> client = ControlClient::connect(socket);
    if (!client) return complain(client.error(), exit_code_of(client.error(), true));
    return arguments_.follow ? follow(*client) : ask_once(*client);
  }

 private:
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
    return console_.print(print_data(*data, arguments_.output)) ? ExitCode::kOk : ExitCode::kInputOutput;
  }

  // Asks again and again for what came since; ends when the daemon or the reader of the pipe goes.
  ExitCode follow(ControlClient& client) const {
    json::object arguments = arguments_.arguments;
    while (true) {
      const Result<json::value> data = client.ask(arguments_.verb, arguments);
      if (!data) return complain(data.error(), exit_code_of(data.error(), false));
      if (data->is_array() && !data->get_array().empty()) {
        const json::value* number = data->get_array().back().get_object().if_contains("number");
        if (number != nullptr) arguments.insert_or_assign("after", *number);
        const OutputFormat format =
            arguments_.output == OutputFormat::kJson ? OutputFormat::kNdjson : arguments_.output;
        if (!console_.print(print_data(*data, format))) return ExitCode::kInputOutput;
      }
      std::this_thread::sleep_for(std::chrono::milliseconds(250));
    }
  }

  ControlArguments arguments_;
  const Console& console_;
};

}  // namespace

ExitCode run_control(ControlArguments arguments, const Console& console) {
  return ControlCommand(std::move(arguments), console).run();
}

}  // namespace postreeve
