#include "app/state_copy_command.h"

#include <memory>
#include <optional>
#include <string_view>
#include <utility>

#include <fmt/format.h>
#include <CLI/CLI.hpp>

#include "app/check_config_command.h"
#include "app/clock.h"
#include "app/configuration.h"
#include "app/privileges.h"
#include "app/state_copy.h"
#include "replay/numbers.h"
#include "replay/progress.h"

namespace postreeve {
namespace {

constexpr std::string_view kFooter = R"(
Examples:
  postreeve state copy --from old.toml --to new.toml --dry-run   what would be copied; nothing is changed
  postreeve state copy --from old.toml --to new.toml             copies and compares

Each configuration says by its [state] where records, shared counters and the ledger are: a file, Redis,
PostgreSQL. What both keep at the same place stays there. Stop `postreeve serve` everywhere first. A copy that
was interrupted goes on where it was when the same line is typed again. The source stays as it is.
Exit codes: 0 done, 64 wrong command line, 65 the destination is not empty, has another key, or is not the same
afterwards, 66 there is nothing to copy, 75 somebody serves, a server is away or something is full (try again),
77 no permission, 78 wrong configuration.)";

// Shows what is under way; each kind of work has a bar of its own.
class Bars {
 public:
  explicit Bars(const Console& console) : console_(console) {}
  ~Bars() { clear(); }
  Bars(const Bars&) = delete;
  Bars& operator=(const Bars&) = delete;

  void show(std::string_view what, std::uint64_t done, std::uint64_t total) {
    if (!console_.error_is_terminal()) return;
    if (what != what_) {
      clear();
      what_ = what;
      stopwatch_ = {};
      bar_.emplace(console_.error_stream(), what_, [this] { return stopwatch_.seconds(); });
    }
    ProgressState state{.count = done};
    if (total > 0) state.part = static_cast<double>(done) / static_cast<double>(total);
    bar_->show(state);
  }
  void clear() {
    if (bar_) bar_->clear();
  }

 private:
  const Console& console_;
  std::string what_;
  Stopwatch stopwatch_;
  std::optional<ProgressBar> bar_;
};

ExitCode exit_code_of(const Error& error) {
  switch (error.code) {
    case ErrorCode::kInvalidInput:
      return ExitCode::kConfiguration;
    case ErrorCode::kNotFound:
      return ExitCode::kNoInput;
    case ErrorCode::kUnavailable:
    case ErrorCode::kLimitExceeded:
      return ExitCode::kTryAgain;
    default:
      return ExitCode::kData;
  }
}

std::string amount(std::uint64_t number, std::string_view one, std::string_view many) {
  return fmt::format("{} {}", with_commas(number), number == 1 ? one : many);
}

std::string plan_text(const StateCopyPlan& plan, const StateCopy& copy, bool replaces) {
  std::string text;
  if (plan.goes_on) text += "would go on with the copy that was interrupted\n";
  if (replaces && !plan.goes_on && plan.records_there > 0)
    text += fmt::format("would delete {} in {}\n", amount(plan.records_there, "record", "records"),
                        copy.to().records_name());
  if (replaces && !plan.goes_on && plan.rows_there > 0)
    text += fmt::format("would delete {} in {}\n", amount(plan.rows_there, "row", "rows"),
                        copy.to().ledger_name());
  if (plan.copies_key) text += "would copy the key\n";
  text += plan.records_move ? fmt::format("would copy {} and the shared counters from {} to {}\n",
                                          amount(plan.records, "record", "records"),
                                          copy.from().records_name(), copy.to().records_name())
                            : fmt::format("records would stay in {}\n", copy.from().records_name());
  text += plan.ledger_moves
              ? fmt::format("would copy {} of the ledger from {} to {}\n", amount(plan.rows, "row", "rows"),
                            copy.from().ledger_name(), copy.to().ledger_name())
              : fmt::format("the ledger would stay in {}\n", copy.from().ledger_name());
  return text + "nothing was changed\n";
}

std::string done_text(const StateCopied& copied, const StateCopyPlan& plan, const StateCopy& copy) {
  std::string text;
  if (plan.copies_key) text += "copied the key\n";
  if (plan.records_move)
    text +=
        fmt::format("copied {} and {} to {}; every record was compared and is the same\n",
                    amount(copied.records, "record", "records"),
                    amount(copied.counters, "shared counter", "shared counters"), copy.to().records_name());
  if (plan.ledger_moves)
    text += fmt::format("copied {} of the ledger to {}; every table has as many on both sides\n",
                        amount(copied.rows, "row", "rows"), copy.to().ledger_name());
  return text;
}

ExitCode copy_state(const StateCopyArguments& arguments, const Serving& from, const Serving& to,
                    const Console& console) {
  StateCopy copy(from, to, arguments.replace);
  const auto plan = copy.look(!arguments.dry_run);
  if (!plan) {
    console.complain(plan.error().detail);
    return exit_code_of(plan.error());
  }
  if (arguments.dry_run)
    return console.print(plan_text(*plan, copy, arguments.replace)) ? ExitCode::kOk : ExitCode::kInputOutput;
  Bars bars(console);
  if (plan->goes_on && !arguments.replace) console.complain("a copy was interrupted; it goes on");
  const auto copied = copy.run(
      [&](std::string_view what, std::uint64_t done, std::uint64_t total) { bars.show(what, done, total); });
  bars.clear();
  if (!copied) {
    console.complain(copied.error().detail);
    if (copied.error().code == ErrorCode::kUnavailable)
      console.complain("what was copied is kept: the same command goes on from there");
    return exit_code_of(copied.error());
  }
  for (const std::string& dropped : copied->dropped)
    console.complain(fmt::format("warning: shared counters were left out: {}", dropped));
  return console.print(done_text(*copied, *plan, copy)) ? ExitCode::kOk : ExitCode::kInputOutput;
}

}  // namespace

void add_state_copy(CLI::App& app, StateCopyArguments& arguments) {
  CLI::App& state = *app.add_subcommand("state", "What was learned and decided, as a whole");
  state.require_subcommand(1);
  CLI::App& copy = *state.add_subcommand(
      "copy", "Move it to where another configuration keeps it: Redis, PostgreSQL, a file");
  copy.add_option("--from", arguments.from, "The configuration it was kept by")
      ->type_name("FILE")
      ->required();
  copy.add_option("--to", arguments.to, "The configuration it is to be kept by")
      ->type_name("FILE")
      ->required();
  copy.add_flag("--replace", arguments.replace, "Delete first what the destination holds");
  copy.add_flag("--dry-run", arguments.dry_run, "Only show what would change");
  copy.footer(std::string(kFooter));
}

ExitCode run_state_copy(const StateCopyArguments& arguments, const Console& console) {
  const LoadedConfiguration from = load_configuration(arguments.from);
  const LoadedConfiguration to = load_configuration(arguments.to);
  const bool is_from_right = tell_problems(from, console);
  if (!tell_problems(to, console) || !is_from_right) return ExitCode::kConfiguration;
  const Serving& serving = to.configuration.serving;
  if (!arguments.dry_run) {
    if (const Result<void> became = become_user(serving); !became) {
      console.complain(became.error().detail);
      return ExitCode::kNotAllowed;
    }
  }
  return copy_state(arguments, from.configuration.serving, serving, console);
}

}  // namespace postreeve
