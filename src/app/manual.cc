#include "app/manual.h"

#include <set>
#include <string_view>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <CLI/CLI.hpp>

#include "app/command_tree.h"
#include "app/settings.h"

namespace postreeve {
namespace {

// Text as roff reads it: dashes that can be copied, no line that begins with a request.
std::string roff(std::string_view text) {
  std::string safe;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    const bool begins = i == 0 || text[i - 1] == '\n';
    if (begins && (c == '.' || c == '\'')) safe += "\\&";
    if (c == '\\') {
      safe += "\\e";
    } else if (c == '-') {
      safe += "\\-";
    } else if (c != '`') {
      safe += c;
    }
  }
  return safe;
}

std::string paragraph(std::string_view text) {
  return text.empty() ? std::string() : roff(text) + ".\n";
}

// As it stands, with the lines it has.
std::string verbatim(std::string_view text) {
  while (text.starts_with('\n')) text.remove_prefix(1);
  return fmt::format(".PP\n.nf\n{}\n.fi\n", roff(text));
}

std::string option_line(const CLI::Option& option) {
  std::vector<std::string> names;
  for (const std::string& name : option.get_snames()) names.push_back(fmt::format("\\fB\\-{}\\fR", name));
  for (const std::string& name : option.get_lnames())
    names.push_back(fmt::format("\\fB\\-\\-{}\\fR", roff(name)));
  std::string line = fmt::format("{}", fmt::join(names, ", "));
  if (!is_flag(option)) line += fmt::format(" \\fI{}\\fR", roff(option.get_type_name()));
  return line;
}

std::string synopsis(const CommandLeaf& leaf) {
  std::string line = fmt::format("postreeve {}", roff(leaf.name));
  for (const CLI::Option* option : positional_options_of(*leaf.app)) {
    const bool is_list = option->get_items_expected_max() > 1;
    const std::string word = option->get_name(true) + (is_list ? "..." : "");
    line += option->get_required() ? ' ' + word : " [" + word + ']';
  }
  return line;
}

std::string entry_of(const CommandLeaf& leaf, std::set<std::string>& footers) {
  std::string text = fmt::format(".SS \"{}\"\n{}", synopsis(leaf), paragraph(leaf.app->get_description()));
  for (const CLI::Option* option : positional_options_of(*leaf.app))
    text += fmt::format(".TP\n\\fI{}\\fR\n{}", option->get_name(true), paragraph(option->get_description()));
  for (const CLI::Option* option : named_options_of(*leaf.app))
    text += fmt::format(".TP\n{}\n{}", option_line(*option), paragraph(option->get_description()));
  // What several commands have in common stands with the first.
  const std::string footer = leaf.app->get_footer();
  if (!footer.empty() && footers.insert(footer).second) text += verbatim(footer);
  return text;
}

constexpr std::string_view kAfterCommands = R"(.SH ENVIRONMENT
.TP
NO_COLOR
When it is set to anything, nothing is coloured (no\-color.org).
.SH FILES
.TP
/etc/postreeve/postreeve.toml
The configuration, and conf.d/*.toml beside it; see
.BR postreeve.toml (5).
.TP
/var/lib/postreeve/state.db
What was learned and decided.
.TP
/run/postreeve/control.sock
Where the daemon answers the command line.
.SH "SEE ALSO"
.BR postreeve.toml (5),
.BR postconf (5),
.BR doveconf (1)
)";

std::string bounds_of(const Setting& setting) {
  if (setting.least == setting.most) return "";
  const bool is_time = setting.type == SettingType::kDuration || setting.type == SettingType::kRate;
  const auto bound = [is_time](double value) {
    return is_time ? format_duration(std::chrono::seconds{static_cast<long>(value)}) : fmt::to_string(value);
  };
  return fmt::format(", {} to {}", bound(setting.least), bound(setting.most));
}

std::string entry_of(const Setting& setting) {
  std::string type(to_text(setting.type));
  if (!setting.choices.empty()) type += fmt::format(" \"{}\"", fmt::join(choices_of(setting), "\", \""));
  if (!setting.unit.empty()) type += fmt::format(", {}", setting.unit);
  std::string text = fmt::format(".TP\n\\fB{}\\fR ({}{})\n{}\n", setting.name, roff(type),
                                 roff(bounds_of(setting)), roff(setting.sentence));
  if (!setting.fallback.empty()) text += fmt::format("Default: {}.\n", roff(setting.fallback));
  if (!setting.example.empty() && setting.example != setting.fallback)
    text += fmt::format("Example: {}.\n", roff(setting.example));
  if (setting.needs_restart) text += "Needs a restart.\n";
  return text;
}

std::string kinds_of_actions() {
  std::string text;
  for (const ActionType& type : action_types()) {
    text += fmt::format(".SS \"[action.NAME] of type {}\"\n{}\n", type.name, roff(as_sentence(type.means)));
    for (const Setting& setting : settings_of_action(type)) text += entry_of(setting);
  }
  return text;
}

constexpr std::string_view kBeforeSettings = R"(.TH POSTREEVE.TOML 5 "" postreeve "File formats"
.SH NAME
postreeve.toml \- configuration of postreeve
.SH DESCRIPTION
Postreeve reads /etc/postreeve/postreeve.toml, or the file named with \-\-config, then the files conf.d/*.toml
beside it in the order of their names.
The format is TOML.
A setting in a later file replaces the same setting of an earlier one; [[tenant]] and [[limit]] add up.
Without any file everything has its default.
.PP
Times are written "10m", "2h", "30d", rates "30/1h", networks "192.0.2.0/24", countries "DE".
File names are relative to the directory of the file they stand in.
An unknown setting is an error.
.PP
postreeve check\-config says whether a configuration is right.
SIGHUP makes the daemon read it anew; settings that need a restart stay as they were.
)";

}  // namespace

std::string manual_of_commands(const CLI::App& app) {
  std::string text = fmt::format(R"(.TH POSTREEVE 1 "" postreeve "User commands"
.SH NAME
postreeve \- guards the accounts of a mail server
.SH SYNOPSIS
.B postreeve
.I COMMAND
[\fIOPTION\fR]...
.SH DESCRIPTION
{}
.PP
.B postreeve serve
is the daemon; most other commands ask it over a Unix socket.
Data goes to standard output, everything else to standard error.
.SH COMMANDS
)",
                                 roff(app.get_description()));
  std::set<std::string> footers;
  for (const CommandLeaf& leaf : leaves_of(app)) text += entry_of(leaf, footers);
  return text + std::string(kAfterCommands);
}

std::string manual_of_configuration() {
  std::string text(kBeforeSettings);
  text += ".SH SETTINGS\n";
  for (const Section& section : sections()) {
    text += fmt::format(".SS \"{}\"\n{}\n", heading_of(section), roff(section.sentence));
    for (const Setting& setting : settings()) {
      if (setting.section == section.name) text += entry_of(setting);
    }
    if (section.name == "action") text += kinds_of_actions();
  }
  return text + ".SH \"SEE ALSO\"\n.BR postreeve (1)\n";
}

}  // namespace postreeve
