#include "app/command_line.h"

#include <algorithm>
#include <map>

#include <fmt/format.h>
#include <CLI/CLI.hpp>

#include "app/command_tree.h"
#include "app/suggestion.h"

namespace postreeve {
namespace {

constexpr std::string_view kAbout =
    "Postreeve watches the accounts of a mail server, says which of them are in other hands, and contains "
    "the damage.";

constexpr std::string_view kReplayFooter = R"(
Examples:
  postreeve replay /var/log/mail.log*             what happened, and where Postreeve would have stepped in
  postreeve replay --since 30d --geo country.mmdb /var/log/mail.log*
  zcat old.gz | postreeve replay -o json -        the same for a program
  postreeve replay --compare new.toml mail.log    would another configuration have been better?

Logs of Postfix, Exim and Dovecot, plain, .gz or .zst, merged by time. Nothing is changed anywhere.
Exit codes: 0 done, 64 wrong command line, 65 broken input, 66 no such input, 74 writing failed,
77 no permission, 78 wrong configuration.)";

constexpr std::string_view kCheckConfigFooter = R"(
Prints "ok" and a summary, or everything that is wrong as FILE:LINE:COLUMN: what; what to write instead.
Exit codes: 0 right, 78 wrong.)";

constexpr std::string_view kServeFooter = R"(
Runs in the foreground until SIGTERM; SIGHUP reads the configuration anew, and keeps the old one when the new
is wrong. Logs to standard error. At first it only observes: `postreeve mode enforce` makes it act.
Exit codes: 0 stopped, 69 a socket or the state is taken, 77 no permission, 78 wrong configuration.)";

void add_replay(CLI::App& app, ReplayArguments& arguments) {
  CLI::App& replay =
      *app.add_subcommand("replay", "Read logs or traces and tell which accounts were stolen, when and why");
  static const std::map<std::string, OutputFormat> formats{{"table", OutputFormat::kTable},
                                                           {"json", OutputFormat::kJson}};
  replay.add_option("FILES", arguments.files, "Log files; - is standard input")->type_name("");
  replay.add_flag("--trace", arguments.is_trace, "The files are traces (JSON Lines, docs/trace.md)");
  replay.add_option("--config", arguments.config, "Configuration file")->type_name("FILE");
  replay.add_option("--compare", arguments.compare, "Judge with this configuration too and show both")
      ->type_name("FILE");
  replay.add_option("--geo", arguments.geography, "Geography file (MMDB); may be given several times")
      ->type_name("FILE")
      ->expected(1)
      ->allow_extra_args(false)  // or it would swallow the log files behind it
      ->take_all();
  replay
      .add_option("--since", arguments.since,
                  "Report from then on: 2026-03-02, 2026-03-02T08:00:00Z, or 30d ago")
      ->type_name("TIME");
  replay.add_option("--until", arguments.until, "Ignore what came later")->type_name("TIME");
  replay.add_option("--time-zone", arguments.time_zone, "Of log lines that do not name their offset (UTC)")
      ->type_name("ZONE");
  replay.add_option("--default-domain", arguments.default_domain, "Added to logins that have none")
      ->type_name("DOMAIN");
  replay
      .add_option("--verdicts", arguments.verdicts,
                  "Write a JSON line for every submission; - is standard output")
      ->type_name("FILE");
  replay.add_option("-o,--output", arguments.output, "table or json")
      ->type_name("FORMAT")
      ->transform(CLI::CheckedTransformer(formats).description(""));
  replay
      .add_option("--threads", arguments.threads, "For parsing; the report is the same with any number (2)")
      ->type_name("N")
      ->check(CLI::Range(1, 64).description(""));
  replay.footer(std::string(kReplayFooter));
}

void add_check_config(CLI::App& app, CheckConfigArguments& arguments) {
  CLI::App& check = *app.add_subcommand("check-config", "Say whether the configuration is right");
  check
      .add_option("--config", arguments.config,
                  "Configuration file (/etc/postreeve/postreeve.toml, when it exists)")
      ->type_name("FILE");
  check.add_flag("--dump", arguments.dump, "Print every setting in effect and where it comes from");
  check.footer(std::string(kCheckConfigFooter));
}

void add_serve(CLI::App& app, ServeArguments& arguments) {
  CLI::App& serve = *app.add_subcommand("serve", "Judge live mail: answer the mail servers that ask");
  serve
      .add_option("--config", arguments.config,
                  "Configuration file (/etc/postreeve/postreeve.toml, when it exists)")
      ->type_name("FILE");
  serve.footer(std::string(kServeFooter));
}

std::vector<std::string_view> long_options(const std::vector<std::string>& names) {
  std::vector<std::string_view> options(names.begin(), names.end());
  return options;
}

// CLI11 says that something was not expected; whoever mistyped an option wants to know which was meant.
std::string unexpected(const CLI::App& command, const std::string& word) {
  std::vector<std::string> names;
  for (const CLI::Option* option : command.get_options()) {
    for (const std::string& name : option->get_lnames()) names.push_back("--" + name);
  }
  const std::string option = word.substr(0, word.find('='));
  const std::string kind = word.starts_with('-') ? "option" : "argument";
  return fmt::format("unknown {} '{}'{}", kind, word, did_you_mean(option, long_options(names)));
}

// "postreeve account show"
std::string full_name(const CLI::App& command) {
  const CLI::App* parent = command.get_parent();
  return parent == nullptr ? command.get_name() : full_name(*parent) + ' ' + command.get_name();
}

Ending usage_error(const CLI::App& command, const std::string& what) {
  const std::string name = full_name(command);
  return {ExitCode::kUsage, fmt::format("{}: {}\nTry '{} --help'.\n", name, what, name)};
}

std::string name_of(const CLI::App& app) {
  return app.get_name();
}

// A word at a verb's place that is no verb; CLI11 would only say that one is missing.
std::optional<Ending> check_verb(const CLI::App& app, std::span<const std::string> arguments) {
  if (arguments.empty()) return Ending{ExitCode::kUsage, app.help()};
  const std::string& verb = arguments.front();
  if (verb.starts_with('-')) return std::nullopt;
  std::vector<std::string> names;
  for (const CLI::App* command : app.get_subcommands({})) names.push_back(name_of(*command));
  if (std::ranges::find(names, verb) != names.end()) {
    const CLI::App& command = *app.get_subcommand(verb);
    return command.get_require_subcommand_min() > 0 ? check_verb(command, arguments.subspan(1))
                                                    : std::nullopt;
  }
  return usage_error(app,
                     fmt::format("unknown command '{}'{}", verb, did_you_mean(verb, long_options(names))));
}

const CLI::App& chosen(const CLI::App& app) {
  const auto commands = app.get_subcommands();
  return commands.empty() ? app : chosen(*commands.front());
}

std::string help_of(const CLI::App& app) {
  const CLI::App& command = chosen(app);
  return command.get_parent() == nullptr ? command.help() : command.help(full_name(*command.get_parent()));
}

// The line as CLI11 reads it, and where what was typed is kept.
struct CommandTree {
  CommandTree() {
    app.require_subcommand(0, 1);
    app.add_flag("--version", wants_version, "Print the version");
    add_serve(app, serve);
    add_check_config(app, check);
    add_init(app, init);
    add_doctor(app, doctor);
    add_replay(app, replay);
    add_control_verbs(app, control);
    add_state_copy(app, state_copy);
    add_explain(app, explain);
    add_completion(app, completion);
    app.add_subcommand("version", "Print the version");
  }

  CLI::App app{std::string(kAbout), "postreeve"};
  ReplayArguments replay;
  CheckConfigArguments check;
  InitArguments init;
  DoctorArguments doctor;
  ServeArguments serve;
  ExplainArguments explain;
  CompletionArguments completion;
  StateCopyArguments state_copy;
  ControlWords control;
  bool wants_version = false;
};

std::expected<Command, Ending> command_of(CommandTree& tree) {
  const CLI::App& app = tree.app;
  if (app.got_subcommand("replay")) return Command{std::move(tree.replay)};
  if (app.got_subcommand("check-config")) return Command{std::move(tree.check)};
  if (app.got_subcommand("init")) return Command{std::move(tree.init)};
  if (app.got_subcommand("doctor")) return Command{std::move(tree.doctor)};
  if (app.got_subcommand("serve")) return Command{std::move(tree.serve)};
  if (app.got_subcommand("state")) return Command{std::move(tree.state_copy)};
  if (app.got_subcommand("explain")) return Command{std::move(tree.explain)};
  if (app.got_subcommand("completion")) return Command{std::move(tree.completion)};
  if (app.got_subcommand("version") || app.get_subcommands().empty()) return Command{VersionArguments{}};
  std::string mistake;
  auto asked = control_arguments(app, tree.control, mistake);
  if (!asked) return std::unexpected(usage_error(chosen(app), mistake));
  return Command{std::move(*asked)};
}

}  // namespace

void with_command_tree(const std::function<void(const CLI::App&)>& use) {
  const CommandTree tree;
  use(tree.app);
}

std::expected<Command, Ending> parse_command_line(std::span<const std::string> arguments) {
  CommandTree tree;
  CLI::App& app = tree.app;
  if (auto ending = check_verb(app, arguments)) return std::unexpected(std::move(*ending));
  try {
    std::vector<std::string> reversed(arguments.rbegin(), arguments.rend());  // as CLI11 wants them
    app.parse(reversed);
  } catch (const CLI::CallForHelp&) {
    return std::unexpected(Ending{ExitCode::kOk, help_of(app)});
  } catch (const CLI::ExtrasError&) {
    const CLI::App& command = chosen(app);
    const auto extra = app.remaining(true);
    return std::unexpected(usage_error(command, unexpected(command, extra.empty() ? "" : extra.front())));
  } catch (const CLI::ParseError& error) {
    return std::unexpected(usage_error(chosen(app), error.what()));
  }
  return command_of(tree);
}

}  // namespace postreeve
