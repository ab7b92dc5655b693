#include "app/wiring_arguments.h"

#include <map>

#include <CLI/CLI.hpp>

namespace postreeve {
namespace {

constexpr std::string_view kInitFooter = R"(
Examples:
  postreeve init           the lines for the Postfix, Dovecot and Exim of this machine; nothing is changed
  postreeve init --apply   writes them, with a copy of each file that was there, and says how to undo it

Postreeve only observes afterwards; `postreeve mode enforce` lets it act. May be run again at any time.
Exit codes: 0 done, 64 wrong command line, 75 a file could not be written, 78 wrong configuration, or a
server rejects what was written (everything is as it was before).)";

constexpr std::string_view kDoctorFooter = R"(
Says PASS, WARN, FAIL or SKIP of everything between the mail servers and Postreeve, each with the fix.
Run it as root, or as a user who may read the servers' configurations.
Exit codes: 0 nothing failed, 1 something failed, 64 wrong command line; with --plugin 0 OK, 1 WARNING,
2 CRITICAL, 3 UNKNOWN, as Nagios and its kin want it.)";

void add_places(CLI::App& command, ServerPlaces& places) {
  command
      .add_option("--postfix-config", places.postfix, "Postfix's configuration folder (the installed one)")
      ->type_name("DIR");
  command.add_option("--dovecot-config", places.dovecot, "Dovecot's configuration file (the installed one)")
      ->type_name("FILE");
  command.add_option("--exim-config", places.exim, "Exim's configuration file (the installed one)")
      ->type_name("FILE");
}

}  // namespace

void add_init(CLI::App& app, InitArguments& arguments) {
  CLI::App& init = *app.add_subcommand("init", "Show, or write, what makes the mail servers ask Postreeve");
  init.add_option("--config", arguments.config, "Configuration file; made when it is not there")
      ->type_name("FILE");
  init.add_flag("--apply", arguments.apply, "Write it, with backups");
  add_places(init, arguments.places);
  init.footer(std::string(kInitFooter));
}

void add_doctor(CLI::App& app, DoctorArguments& arguments) {
  static const std::map<std::string, OutputFormat> formats{{"table", OutputFormat::kTable},
                                                           {"json", OutputFormat::kJson}};
  CLI::App& doctor = *app.add_subcommand("doctor", "Check the wiring between the mail servers and Postreeve");
  doctor.add_option("--config", arguments.config, "Configuration file")->type_name("FILE");
  doctor.add_flag("--plugin", arguments.plugin, "One line and exit codes for Nagios and its kin");
  doctor.add_option("-o,--output", arguments.output, "table or json")
      ->type_name("FORMAT")
      ->transform(CLI::CheckedTransformer(formats).description(""));
  add_places(doctor, arguments.places);
  doctor.footer(std::string(kDoctorFooter));
}

}  // namespace postreeve
