#include "app/explain_command.h"

#include <chrono>
#include <iostream>
#include <map>
#include <string_view>
#include <utility>

#include <fmt/ranges.h>
#include <CLI/CLI.hpp>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

#include "app/check_config_command.h"
#include "app/configuration.h"
#include "app/control_client.h"
#include "app/data_output.h"
#include "app/line_reading.h"
#include "base/printable.h"

namespace postreeve {
namespace {

namespace json = boost::json;

constexpr std::size_t kMostLines = 1000;  // of standard input
constexpr std::chrono::seconds kPatience{5};

constexpr std::string_view kFooter = R"(
Examples:
  postreeve explain 'Nov 29 02:54:00 mx dovecot: imap-login: Login: user=<anna@example.org>, rip=192.0.2.7'
  journalctl -u postreeve | grep account=anna@example.org | tail -1 | postreeve explain -

Reads lines of Postfix, Exim and Dovecot, and Postreeve's own of a decision.
Exit codes: 0 understood, 64 wrong command line, 65 not understood, 78 wrong configuration.)";

std::vector<std::string> lines_of(const std::vector<std::string>& words) {
  if (words.size() != 1 || words.front() != "-") return {fmt::format("{}", fmt::join(words, " "))};
  std::vector<std::string> lines;
  for (std::string line; lines.size() < kMostLines && std::getline(std::cin, line);) {
    if (!line.empty()) lines.push_back(std::move(line));
  }
  return lines;
}

// What the daemon knows of accounts, each asked for once.
class KnownAccounts {
 public:
  explicit KnownAccounts(Result<ControlClient> client) : client_(std::move(client)) {}

  [[nodiscard]] bool is_asked() const noexcept { return client_.has_value(); }

  void add_to(json::object& shown, const std::string& account) {
    if (!client_ || account.empty()) return;
    const auto [found, is_new] = known_.try_emplace(account);
    if (is_new) found->second = look_up(account);
    for (const auto& [key, value] : found->second) shown.insert_or_assign(key, value);
  }

 private:
  json::object look_up(const std::string& account) {
    const json::object of_account{{"account", account}};
    const Result<json::value> standing = client_->ask("account standing", of_account);
    if (!standing || !standing->is_object()) return {{"known", "nothing is known of the account"}};
    json::object found;
    if (const json::value* words = standing->get_object().if_contains("in_words"))
      found.emplace("now", *words);
    if (const json::value* incident = standing->get_object().if_contains("incident");
        incident != nullptr && incident->is_string())
      found.emplace("incident", *incident);
    const Result<json::value> history = client_->ask("account history", of_account);
    if (history && history->is_array() && !history->get_array().empty()) {
      const json::value& latest = history->get_array().back();
      for (const auto& [name, member] : {std::pair("latest", "text"), std::pair("latest_at", "time")}) {
        const json::value* value = latest.is_object() ? latest.get_object().if_contains(member) : nullptr;
        if (value != nullptr) found.emplace(name, *value);
      }
    }
    return found;
  }

  Result<ControlClient> client_;
  std::map<std::string, json::object> known_;
};

json::object shown_of(const LineReading& reading, KnownAccounts& known) {
  json::object shown{{"program", printable(reading.program)}, {"says", printable(reading.says)}};
  const auto add = [&shown](std::string_view name, const std::string& text) {
    if (!text.empty()) shown.emplace(name, printable(text));
  };
  add("account", reading.account);
  add("client", reading.client);
  add("incident", reading.incident);
  known.add_to(shown, reading.account);
  return shown;
}

std::string text_of(const json::array& all, OutputFormat output) {
  if (all.size() == 1) return print_data(all.front(), output);
  if (output != OutputFormat::kTable) return print_data(all, output);
  std::string text;
  for (const json::value& one : all) text += (text.empty() ? "" : "\n") + print_data(one, output);
  return text;
}

}  // namespace

void add_explain(CLI::App& app, ExplainArguments& arguments) {
  static const std::map<std::string, OutputFormat> formats{{"table", OutputFormat::kTable},
                                                           {"json", OutputFormat::kJson},
                                                           {"ndjson", OutputFormat::kNdjson},
                                                           {"csv", OutputFormat::kCsv}};
  CLI::App& explain =
      *app.add_subcommand("explain", "Say what a log line means, and what is known of its account");
  explain.add_option("LINE", arguments.words, "The line; - reads lines from standard input")
      ->required()
      ->type_name("");
  explain
      .add_option("--config", arguments.config,
                  "Configuration file (/etc/postreeve/postreeve.toml, when it exists)")
      ->type_name("FILE");
  explain.add_option("--socket", arguments.socket, "Control socket (the configuration's)")->type_name("FILE");
  explain.add_option("-o,--output", arguments.output, "table, json, ndjson or csv")
      ->type_name("FORMAT")
      ->transform(CLI::CheckedTransformer(formats).description(""));
  explain.footer(std::string(kFooter));
}

ExitCode run_explain(const ExplainArguments& arguments, const Console& console) {
  const LoadedConfiguration loaded = load_configuration_or_default(arguments.config);
  if (!tell_problems(loaded, console)) return ExitCode::kConfiguration;
  KnownAccounts known(ControlClient::connect(
      arguments.socket.value_or(loaded.configuration.serving.control_socket), kPatience));
  json::array all;
  bool any_understood = false;
  bool any_account = false;
  for (const std::string& line : lines_of(arguments.words)) {
    const LineReading reading = read_line(line, loaded.configuration.default_domain);
    any_understood |= reading.is_understood;
    any_account |= !reading.account.empty();
    all.push_back(shown_of(reading, known));
  }
  if (any_account && !known.is_asked())
    console.complain("no daemon answers: only the line is read, nothing is said of its account");
  if (!console.print(text_of(all, arguments.output))) return ExitCode::kInputOutput;
  return any_understood ? ExitCode::kOk : ExitCode::kData;
}

}  // namespace postreeve
