#include "app/completion.h"

#include <algorithm>
#include <array>
#include <set>
#include <string_view>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <CLI/CLI.hpp>

#include "app/command_tree.h"

namespace postreeve {
namespace {

constexpr std::string_view kFooter = R"(
Examples:
  postreeve completion bash > /usr/share/bash-completion/completions/postreeve
  postreeve completion zsh > /usr/local/share/zsh/site-functions/_postreeve
  postreeve completion fish > /etc/fish/completions/postreeve.fish)";

// What may stand behind an option, or at a place of the line.
constexpr std::array<std::pair<std::string_view, std::string_view>, 6> kWords{
    {{"--output", "table json ndjson csv"},
     {"--state", "open confirmed dismissed ended all"},
     {"--event",
      "login recipient submission delivery scan setting_change complaint credential_change judgement"},
     {"MODE", "observe enforce"},
     {"LIST", "allow block canary"},
     {"SHELL", "bash zsh fish"}}};

std::string_view words_for(std::string_view name) {
  const auto* const found =
      std::ranges::find(kWords, name, &std::pair<std::string_view, std::string_view>::first);
  return found == kWords.end() ? std::string_view() : found->second;
}

// The nodes of the tree: what was typed so far (" account") and what may come then.
struct Node {
  std::string at;
  const CLI::App* app = nullptr;
};

void add_nodes(const CLI::App& app, const std::string& at, std::vector<Node>& nodes) {
  nodes.push_back({at, &app});
  for (const CLI::App* command : app.get_subcommands({}))
    add_nodes(*command, at + ' ' + command->get_name(), nodes);
}

std::vector<Node> nodes_of(const CLI::App& app) {
  std::vector<Node> nodes;
  add_nodes(app, {}, nodes);
  return nodes;
}

std::vector<std::string> dashed_names(const CLI::Option& option) {
  std::vector<std::string> names;
  for (const std::string& name : option.get_lnames()) names.push_back("--" + name);
  return names;
}

std::vector<std::string> words_at(const CLI::App& command) {
  std::vector<std::string> words;
  for (const CLI::App* below : command.get_subcommands({})) words.push_back(below->get_name());
  for (const CLI::Option* option : positional_options_of(command)) {
    if (const std::string_view fixed = words_for(option->get_name(true)); !fixed.empty())
      words.emplace_back(fixed);
  }
  for (const CLI::Option* option : named_options_of(command)) {
    for (std::string& name : dashed_names(*option)) words.push_back(std::move(name));
  }
  words.emplace_back("--help");
  return words;
}

// "' account'|' account show'": the words on the way down.
std::string ways_down(const std::vector<Node>& nodes) {
  std::string patterns;
  for (const Node& node : nodes) {
    if (!node.at.empty()) patterns += fmt::format("{}'{}'", patterns.empty() ? "" : "|", node.at);
  }
  return patterns;
}

// Options that want a word behind them, of which only the file is ours to complete.
std::set<std::string> options_with_files(const std::vector<Node>& nodes) {
  std::set<std::string> names;
  for (const Node& node : nodes) {
    for (const CLI::Option* option : named_options_of(*node.app)) {
      if (is_flag(*option) || !words_for(dashed_names(*option).front()).empty()) continue;
      for (std::string& name : dashed_names(*option)) names.insert(std::move(name));
    }
  }
  return names;
}

std::string in_quotes(std::string_view text) {
  std::string safe;
  for (const char c : text) safe += c == '\'' ? std::string("\\'") : std::string(1, c);
  return '\'' + safe + '\'';
}

}  // namespace

void add_completion(CLI::App& app, CompletionArguments& arguments) {
  CLI::App& completion =
      *app.add_subcommand("completion", "Print a script with which a shell completes commands");
  completion.add_option("SHELL", arguments.shell, "bash, zsh or fish")
      ->required()
      ->type_name("")
      ->check(CLI::IsMember({"bash", "zsh", "fish"}).description(""));
  completion.footer(std::string(kFooter));
}

std::string bash_completion(const CLI::App& app) {
  const auto nodes = nodes_of(app);
  std::string text = fmt::format(R"(# bash completion for postreeve; made by `postreeve completion bash`
_postreeve() {{
  local cur=${{COMP_WORDS[COMP_CWORD]}} prev=${{COMP_WORDS[COMP_CWORD-1]}} at='' word words=''
  for word in "${{COMP_WORDS[@]:1:COMP_CWORD-1}}"; do
    case "$at $word" in
      {}) at="$at $word" ;;
    esac
  done
  case $prev in
    -o) prev=--output ;;&
)",
                                 ways_down(nodes));
  text += fmt::format("    {}) COMPREPLY=($(compgen -f -- \"$cur\")); return ;;\n",
                      fmt::join(options_with_files(nodes), "|"));
  text += "  esac\n  case $prev in\n";
  for (const auto& [name, words] : kWords) {
    if (name.starts_with("--")) text += fmt::format("    {}) words='{}' ;;\n", name, words);
  }
  text += "    *) case $at in\n";
  for (const Node& node : nodes)
    text += fmt::format("      '{}') words='{}' ;;\n", node.at, fmt::join(words_at(*node.app), " "));
  text += R"(    esac ;;
  esac
  COMPREPLY=($(compgen -W "$words" -- "$cur"))
}
complete -o default -F _postreeve postreeve
)";
  return text;
}

std::string zsh_completion(const CLI::App& app) {
  const auto nodes = nodes_of(app);
  std::string text = fmt::format(R"(#compdef postreeve
# zsh completion for postreeve; made by `postreeve completion zsh`
_postreeve() {{
  local at='' word
  for word in ${{words[2,CURRENT-1]}}; do
    case "$at $word" in
      {}) at="$at $word" ;;
    esac
  done
  case ${{words[CURRENT-1]}} in
    {}) _files; return ;;
    -o) compadd -- table json ndjson csv; return ;;
)",
                                 ways_down(nodes), fmt::join(options_with_files(nodes), "|"));
  for (const auto& [name, words] : kWords) {
    if (name.starts_with("--")) text += fmt::format("    {}) compadd -- {}; return ;;\n", name, words);
  }
  text += "  esac\n  case $at in\n";
  for (const Node& node : nodes)
    text += fmt::format("    '{}') compadd -- {} ;;\n", node.at, fmt::join(words_at(*node.app), " "));
  text += "  esac\n  _files\n}\ncompdef _postreeve postreeve\n";
  return text;
}

std::string fish_completion(const CLI::App& app) {
  const auto nodes = nodes_of(app);
  std::string ways;
  for (const Node& node : nodes) {
    if (!node.at.empty()) ways += fmt::format(" '{}'", node.at);
  }
  std::string text = fmt::format(R"(# fish completion for postreeve; made by `postreeve completion fish`
function __postreeve_at
    set -l at ''
    for word in (commandline -opc)[2..-1]
        switch "$at $word"
            case{}
                set at "$at $word"
        end
    end
    test "$at" = "$argv[1]"
end
)",
                                 ways);
  for (const Node& node : nodes) {
    const std::string when = fmt::format("complete -c postreeve -n \"__postreeve_at '{}'\"", node.at);
    for (const CLI::App* below : node.app->get_subcommands({}))
      text +=
          fmt::format("{} -f -a {} -d {}\n", when, below->get_name(), in_quotes(below->get_description()));
    for (const CLI::Option* option : positional_options_of(*node.app)) {
      const std::string_view words = words_for(option->get_name(true));
      if (!words.empty()) text += fmt::format("{} -f -a '{}'\n", when, words);
    }
    for (const CLI::Option* option : named_options_of(*node.app)) {
      const std::string name = option->get_lnames().front();
      const std::string_view words = words_for("--" + name);
      const std::string value = is_flag(*option) ? ""
                                : words.empty()  ? " -r"
                                                 : fmt::format(" -x -a '{}'", words);
      const std::string brief = option->get_snames().empty() ? "" : " -s " + option->get_snames().front();
      text +=
          fmt::format("{} -l {}{}{} -d {}\n", when, name, brief, value, in_quotes(option->get_description()));
    }
  }
  return text;
}

ExitCode run_completion(const CompletionArguments& arguments, const Console& console) {
  std::string text;
  with_command_tree([&](const CLI::App& app) {
    if (arguments.shell == "bash") text = bash_completion(app);
    if (arguments.shell == "zsh") text = zsh_completion(app);
    if (arguments.shell == "fish") text = fish_completion(app);
  });
  return console.print(text) ? ExitCode::kOk : ExitCode::kInputOutput;
}

}  // namespace postreeve
