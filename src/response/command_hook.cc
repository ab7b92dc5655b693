#include "response/command_hook.h"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include <fmt/format.h>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

#include "process/child.h"
#include "store/ledger/rows.h"

namespace postreeve {

namespace json = boost::json;

namespace {

using Kind = ActionKey::Kind;

constexpr int kTryAgain = 75;  // sysexits.h EX_TEMPFAIL
constexpr int kEndedBySignal = 128;
constexpr int kLastSignal = 64;
constexpr std::size_t kMostOutput = 64UL * 1024;
constexpr Duration kUsualTime = std::chrono::seconds(20);
constexpr Duration kLongestTime = std::chrono::seconds(25);
constexpr std::size_t kMostSentence = 500;

constexpr std::array kKeys{
    ActionKey{"command", Kind::kTexts, true,
              "program (an absolute path) and its arguments; no shell is asked"},
    ActionKey{"undo_command", Kind::kTexts, false, "the same, to take it back when the restriction ends"},
    ActionKey{"timeout", Kind::kDuration, false,
              "after which the program and its process group are killed; default 20s, at most 25s"},
};

struct Hook {
  std::string name;
  std::vector<std::string> command;
  std::vector<std::string> undo_command;
  Duration timeout{};
};

// The task as programs read it. Names are never changed.
std::string task_json(const Task& task) {
  json::array evidence;
  for (const SaidEvidence& found : task.evidence) evidence.emplace_back(stored_line(found.says));
  const json::object told{{"id", task.id},
                          {"action", task.action},
                          {"direction", to_text(task.direction)},
                          {"account", stored_account(task.account)},
                          {"incident", task.incident.to_string()},
                          {"tenant", stored_line(task.tenant)},
                          {"level", to_text(task.after)},
                          {"level_before", to_text(task.before)},
                          {"scope", to_text(task.scope)},
                          {"time", format_rfc3339(task.time)},
                          {"until", task.until == 0 ? "" : format_rfc3339(from_seconds32(task.until))},
                          {"risk", task.risk},
                          {"client", stored_line(task.client)},
                          {"author", stored_line(task.author)},
                          {"reason", reason_of(task)},
                          {"messages", task.outgo.messages},
                          {"recipients", task.outgo.recipients},
                          {"evidence", std::move(evidence)}};
  return json::serialize(told) + "\n";
}

std::vector<std::string> environment(const Task& task) {
  return {"POSTREEVE_ACCOUNT=" + task.account.text(),
          "POSTREEVE_INCIDENT=" + task.incident.to_string(),
          fmt::format("POSTREEVE_LEVEL={}", to_text(task.after)),
          fmt::format("POSTREEVE_LEVEL_BEFORE={}", to_text(task.before)),
          "POSTREEVE_TENANT=" + stored_line(task.tenant),
          fmt::format("POSTREEVE_DIRECTION={}", to_text(task.direction)),
          "POSTREEVE_REASON=" + reason_of(task),
          "PATH=/usr/bin:/bin",
          "LANG=C.UTF-8"};
}

// The first line that says something.
std::string first_line(std::string_view output) {
  while (!output.empty()) {
    const std::size_t end = std::min(output.find('\n'), output.size());
    const std::string line = stored_line(output.substr(0, end), kMostSentence);
    if (line.find_first_not_of(" ?") != std::string::npos) return line;
    output.remove_prefix(std::min(end + 1, output.size()));
  }
  return {};
}

std::string or_else(std::string first, std::string second) {
  return first.empty() ? std::move(second) : std::move(first);
}

Result<std::string> outcome_of(const std::string& program, const ChildOutcome& outcome) {
  const std::string said = first_line(outcome.output);
  if (outcome.exit_code == 0) return or_else(said, program + " was run");
  const std::string why = or_else(first_line(outcome.errors), said);
  // Somebody ended it: a machine that is shut down, or has no memory left.
  const bool was_ended =
      outcome.exit_code > kEndedBySignal && outcome.exit_code <= kEndedBySignal + kLastSignal;
  const bool again = outcome.exit_code == kTryAgain || was_ended;
  return fail(
      again ? ErrorCode::kUnavailable : ErrorCode::kInvalidInput,
      fmt::format("{} ended with status {}{}{}", program, outcome.exit_code, why.empty() ? "" : ": ", why));
}

class CommandHook : public ResponseAction {
 public:
  explicit CommandHook(Hook hook) : hook_(std::move(hook)) {}

  [[nodiscard]] Audience audience() const noexcept override { return Audience::kSystems; }
  [[nodiscard]] bool has_undo() const noexcept override { return !hook_.undo_command.empty(); }
  [[nodiscard]] std::string preview(const Task& task) const override {
    const auto& command = task.direction == Direction::kUndo ? hook_.undo_command : hook_.command;
    return fmt::format("run {} for {}", fmt::join(command, " "), stored_account(task.account));
  }
  [[nodiscard]] Result<std::string> carry_out(const Task& task) override { return run(hook_.command, task); }
  [[nodiscard]] Result<std::string> undo(const Task& task) override {
    if (!has_undo()) return ResponseAction::undo(task);
    return run(hook_.undo_command, task);
  }

 private:
  [[nodiscard]] Result<std::string> run(const std::vector<std::string>& command, const Task& task) const {
    const auto outcome = run_child(command, {.input = task_json(task),
                                             .limit = hook_.timeout,
                                             .most_output = kMostOutput,
                                             .environment = environment(task),
                                             .is_bare = true});
    if (!outcome) return fail(outcome.error());
    return outcome_of(command.front(), *outcome);
  }

  Hook hook_;
};

std::optional<Error> wrong_command(std::string_view key, const std::vector<std::string>& command) {
  if (command.empty() || !command.front().starts_with('/')) {
    return Error{
        ErrorCode::kInvalidInput,
        fmt::format("{} begins with the absolute path of a program: {} = [\"/usr/local/bin/program\"]", key,
                    key)};
  }
  const auto has_nul = [](const std::string& argument) { return argument.contains('\0'); };
  if (std::ranges::any_of(command, has_nul))
    return Error{ErrorCode::kInvalidInput, fmt::format("{} contains a zero byte", key)};
  return std::nullopt;
}

Result<std::unique_ptr<ResponseAction>> make(const ActionSettings& settings, const ActionWorld&) {
  Hook hook{.name = settings.name(),
            .command = settings.texts("command"),
            .undo_command = settings.texts("undo_command"),
            .timeout = settings.duration("timeout", kUsualTime)};
  if (const auto wrong = wrong_command("command", hook.command)) return fail(*wrong);
  if (settings.has("undo_command")) {
    if (const auto wrong = wrong_command("undo_command", hook.undo_command)) return fail(*wrong);
  }
  if (hook.timeout < std::chrono::milliseconds(100) || hook.timeout > kLongestTime)
    return fail(ErrorCode::kInvalidInput, "timeout is from 100ms to 25s: timeout = \"20s\"");
  return std::make_unique<CommandHook>(std::move(hook));
}

}  // namespace

ActionType command_hook_type() {
  return {
      .name = "command_hook",
      .means = "runs a program of the site, with what happened in its environment and as JSON on its input",
      .keys = kKeys,
      .make = make};
}

}  // namespace postreeve
