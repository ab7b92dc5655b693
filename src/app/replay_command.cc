#include "app/replay_command.h"

#include <algorithm>
#include <filesystem>
#include <memory>
#include <utility>

#include <fmt/format.h>

#include "app/check_config_command.h"
#include "app/clock.h"
#include "app/configuration.h"
#include "app/moment.h"
#include "engine/engine.h"
#include "intake/history.h"
#include "net/locator.h"
#include "replay/compare.h"
#include "replay/hand_over.h"
#include "replay/progress.h"
#include "replay/replay.h"
#include "replay/report_json.h"
#include "replay/report_table.h"
#include "replay/verdict_writer.h"
#include "store/memory_account_store.h"
#include "store/memory_shared_counters.h"

namespace postreeve {
namespace {

// Hashes of a replay never leave the process; one key for all makes its result the same everywhere.
constexpr HashKey kReplayKey{
    {'p', 'o', 's', 't', 'r', 'e', 'e', 'v', 'e', ' ', 'r', 'e', 'p', 'l', 'a', 'y'}};

// One policy's engine with its memory.
struct Judge {
  Judge(const Policy& policy, const Locator& locator)
      : engine(policy, locator, kReplayKey, accounts, counters) {}

  MemoryAccountStore accounts;
  MemorySharedCounters counters;
  Engine engine;
};

// What ends the command before anything was read.
struct Refusal {
  ExitCode code;
  std::string what;
};

ExitCode exit_code_of(const HistoryProblem& problem) {
  std::error_code ignored;
  switch (problem.error.code) {
    case ErrorCode::kNotFound:
      return ExitCode::kNoInput;
    case ErrorCode::kUnavailable:
      return ExitCode::kNotAllowed;
    default:
      return std::filesystem::is_directory(problem.file, ignored) ? ExitCode::kNoInput : ExitCode::kData;
  }
}

std::string text_of(const HistoryProblem& problem) {
  if (problem.line == 0) return fmt::format("{}: {}", problem.file, problem.error.detail);
  return fmt::format("{}:{}: {}", problem.file, problem.line, problem.error.detail);
}

ProgressState progress_of(const HistoryCounts& counts, std::optional<std::uint64_t> total_bytes) {
  ProgressState state{.count = counts.lines_read};
  if (total_bytes && *total_bytes > 0)
    state.part = static_cast<double>(counts.bytes_read) / static_cast<double>(*total_bytes);
  return state;
}

// The whole command; one object a run.
class ReplayCommand {
 public:
  ReplayCommand(const ReplayArguments& arguments, const Console& console)
      : arguments_(arguments), console_(console) {}

  ExitCode run() {
    if (!load_configurations()) return ExitCode::kConfiguration;
    for (const auto step : {&ReplayCommand::check_input, &ReplayCommand::open_geography,
                            &ReplayCommand::read_times, &ReplayCommand::open_verdicts}) {
      if (const auto refusal = (this->*step)()) {
        console_.complain(refusal->what);
        return refusal->code;
      }
    }
    return replay();
  }

 private:
  using Step = std::optional<Refusal>;

  bool load_configurations() {
    loaded_ = load_configuration_or_default(arguments_.config);
    bool good = tell_problems(loaded_, console_);
    if (arguments_.compare) {
      other_ = load_configuration(*arguments_.compare);
      good = tell_problems(*other_, console_) && good;
    }
    return good;
  }

  Step check_input() {
    const bool reads_input =
        arguments_.files.empty() || std::ranges::find(arguments_.files, "-") != arguments_.files.end();
    if (arguments_.files.empty() && console_.input_is_terminal()) {
      return Refusal{ExitCode::kUsage, "nothing to read; name log files, or - for standard input"};
    }
    if (reads_input && std::ranges::count(arguments_.files, "-") > 1) {
      return Refusal{ExitCode::kUsage, "standard input can be read only once; write - once"};
    }
    return std::nullopt;
  }

  Step open_geography() {
    std::vector<std::filesystem::path> files(arguments_.geography.begin(), arguments_.geography.end());
    const auto& configured = loaded_.configuration.geography_files;
    files.insert(files.end(), configured.begin(), configured.end());
    Result<Locator> opened = Locator::open(files);
    if (!opened) {
      const bool missing = opened.error().code == ErrorCode::kNotFound;
      return Refusal{missing ? ExitCode::kNoInput : ExitCode::kData, opened.error().detail};
    }
    locator_ = std::move(*opened);
    return std::nullopt;
  }

  Step read_times() {
    time_zone_ = arguments_.time_zone.value_or(loaded_.configuration.time_zone);
    if (!time_zone_exists(time_zone_)) {
      return Refusal{ExitCode::kUsage,
                     fmt::format("the time zone '{}' is unknown{}", time_zone_, time_zone_hint(time_zone_))};
    }
    for (const auto& [text, moment] :
         {std::pair(&arguments_.since, &window_.since), {&arguments_.until, &window_.until}}) {
      if (!*text) continue;
      const auto parsed = parse_moment(**text, now(), time_zone_);
      if (!parsed) return Refusal{ExitCode::kUsage, parsed.error().detail};
      *moment = *parsed;
    }
    if (window_.since && window_.until && *window_.since >= *window_.until) {
      return Refusal{ExitCode::kUsage, "--since is not before --until; nothing would be reported"};
    }
    return std::nullopt;
  }

  Step open_verdicts() {
    if (!arguments_.verdicts) return std::nullopt;
    Result<VerdictWriter> opened = VerdictWriter::open(*arguments_.verdicts);
    if (!opened) {
      const bool forbidden = opened.error().code == ErrorCode::kUnavailable;
      return Refusal{forbidden ? ExitCode::kNotAllowed : ExitCode::kInputOutput,
                     fmt::format("{}: {}", *arguments_.verdicts, opened.error().detail)};
    }
    verdicts_.emplace(std::move(*opened));
    return std::nullopt;
  }

  HistoryOptions history_options() const {
    HistoryOptions options;
    options.files = arguments_.files;
    options.is_trace = arguments_.is_trace;
    options.time_zone = time_zone_;
    options.joiner.default_domain = arguments_.default_domain.value_or(loaded_.configuration.default_domain);
    options.threads = arguments_.threads;
    return options;
  }

  ExitCode replay() {
    Replay replay(window_, locator_);
    Judge judge(loaded_.configuration.policy, locator_);
    replay.add_side(judge.engine, loaded_.configuration.policy, verdicts_ ? &*verdicts_ : nullptr);
    std::unique_ptr<Judge> other;
    if (other_) {
      other = std::make_unique<Judge>(other_->configuration.policy, locator_);
      replay.add_side(other->engine, other_->configuration.policy);
    }
    const Stopwatch stopwatch;
    const HistoryResult history = read(replay, stopwatch);
    return tell(replay.reports(history), stopwatch.seconds());
  }

  // The end of a window stops the reading at an exact line, the same in every run.
  static HistoryResult judge_while_reading(const HistoryOptions& options, Replay& replay,
                                           const Progress& progress) {
    return read_history(options, [&](Event&& event) { return replay.take(std::move(event)); }, progress);
  }

  static HistoryResult judge_beside_reading(const HistoryOptions& options, Replay& replay,
                                            const Progress& progress) {
    HandOver judging([&](Event&& event) { replay.take(std::move(event)); });
    const auto push = [&](Event&& event) {
      judging.push(std::move(event));
      return true;
    };
    HistoryResult result = read_history(options, push, progress);
    judging.finish();
    return result;
  }

  HistoryResult read(Replay& replay, const Stopwatch& stopwatch) const {
    const HistoryOptions options = history_options();
    ProgressBar bar(console_.error_stream(), "lines", [&] { return stopwatch.seconds(); });
    const auto total = total_bytes(options.files);
    const auto progress = [&](const HistoryCounts& counts, Timestamp) {
      if (console_.error_is_terminal()) bar.show(progress_of(counts, total));
    };
    HistoryResult result = options.threads < 2 || window_.until
                               ? judge_while_reading(options, replay, progress)
                               : judge_beside_reading(options, replay, progress);
    bar.clear();
    return result;
  }

  ExitCode tell(std::vector<Report> reports, double seconds) {
    for (Report& report : reports) report.seconds = seconds;
    const std::vector<HistoryProblem> problems = reports[0].problems;
    note_what_is_odd(reports[0]);
    const bool written = print(text_of_reports(std::move(reports)));
    for (const HistoryProblem& problem : problems) console_.complain(text_of(problem));
    if (verdicts_) {
      if (const auto error = verdicts_->close()) {
        console_.complain(fmt::format("{}: {}", *arguments_.verdicts, error->detail));
        return ExitCode::kInputOutput;
      }
    }
    if (!written) {
      console_.complain("the report could not be written");
      return ExitCode::kInputOutput;
    }
    return problems.empty() ? ExitCode::kOk : exit_code_of(problems.front());
  }

  // With the verdicts on standard output the report makes way.
  bool print(const std::string& text) const {
    if (arguments_.verdicts != "-") return console_.print(text);
    console_.tell(text);
    return true;
  }

  std::string text_of_reports(std::vector<Report> reports) const {
    const bool json = arguments_.output == OutputFormat::kJson;
    const TableStyle style{console_.output_has_colour()};
    if (reports.size() == 1) return json ? report_as_json(reports[0]) : report_as_table(reports[0], style);
    const Comparison comparison = compare(arguments_.config.value_or("the configuration in effect"),
                                          std::move(reports[0]), *arguments_.compare, std::move(reports[1]));
    return json ? comparison_as_json(comparison) : comparison_as_table(comparison, style);
  }

  void note_what_is_odd(const Report& report) const {
    const HistoryCounts& lines = report.lines;
    if (lines.lines_read == 0) {
      if (report.problems.empty()) console_.complain("note: the input is empty");
    } else if (lines.lines_understood == 0) {
      console_.complain(arguments_.is_trace
                            ? "note: no line is an event; without --trace the files are read as logs"
                            : "note: no line was understood; are these logs of Postfix, Exim or Dovecot? "
                              "Traces need --trace");
    } else if (report.traffic.events.all() == 0) {
      console_.complain("note: no login or authenticated message was found in this time");
    }
  }

  const ReplayArguments& arguments_;
  const Console& console_;
  LoadedConfiguration loaded_;
  std::optional<LoadedConfiguration> other_;
  Locator locator_;
  std::string time_zone_;
  ReplayWindow window_;
  std::optional<VerdictWriter> verdicts_;
};

}  // namespace

ExitCode run_replay(const ReplayArguments& arguments, const Console& console) {
  return ReplayCommand(arguments, console).run();
}

}  // namespace postreeve
