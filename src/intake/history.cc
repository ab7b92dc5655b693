#include "intake/history.h"

#include <algorithm>
#include <chrono>
#include <numeric>
#include <tuple>

#include "intake/history_blocks.h"
#include "intake/history_fold.h"
#include "intake/history_survey.h"
#include "intake/log_clock.h"

namespace postreeve {
namespace {

// A trace line holds all recipients of a message.
constexpr LineLimits kTraceLimits{256 * 1024, 8 * 1024 * 1024};
constexpr LineLimits kLogLimits{};

BlockPipeline::MakeParser parser_maker(const HistoryOptions& options) {
  if (!options.is_trace) return [] { return make_log_block_parser(kLogLimits); };
  return [domain = options.joiner.default_domain] { return make_trace_block_parser(kTraceLimits, domain); };
}

// Merges the files' lines by time. A file waits unopened until it is its turn to begin, so that a
// year of rotated files needs no more memory than those that overlap.
class HistoryRun {
 public:
  HistoryRun(const HistoryOptions& options, const EventSink& sink, const Progress& progress)
      : options_(options),
        sink_(sink),
        progress_(progress),
        pipeline_(options.threads, parser_maker(options)) {}

  HistoryResult run() {
    auto zone = CivilZone::open(options_.time_zone);
    if (!zone) return {{}, {{"", 0, zone.error()}}};
    for (auto& survey : survey_files(options_, *zone)) {
      auto& file = files_.emplace_back();
      file.time = survey.first_time.value_or(file.time);
      file.clock.emplace(*zone, survey.years);
      file.survey = std::move(survey);
    }
    const auto emit = [this](Event&& event) {
      if (!is_stopped_ && !sink_(std::move(event))) is_stopped_ = true;
    };
    fold_ = options_.is_trace ? make_trace_fold(emit) : make_log_fold(options_, emit);
    merge();
    if (!is_stopped_) fold_->finish();
    if (progress_) progress_(fold_->counts, latest_);
    return {std::move(fold_->counts), std::move(problems_)};
  }

 private:
  // The file's next line goes first when its time is earlier, then by the order of the files.
  [[nodiscard]] bool goes_before(std::size_t a, std::size_t b) const {
    return std::tie(files_[a].time, a) < std::tie(files_[b].time, b);
  }

  void merge() {
    std::vector<std::size_t> heap(files_.size());
    std::iota(heap.begin(), heap.end(), 0U);
    const auto later = [this](std::size_t a, std::size_t b) { return goes_before(b, a); };
    std::ranges::make_heap(heap, later);
    while (!heap.empty() && !is_stopped_) {
      std::ranges::pop_heap(heap, later);
      const auto first = heap.back();
      heap.pop_back();
      if (!take_lines(first, heap)) continue;
      heap.push_back(first);
      std::ranges::push_heap(heap, later);
    }
  }

  // Takes lines of `index` for as long as they go before those of the `others`; false when there are
  // no more.
  bool take_lines(std::size_t index, const std::vector<std::size_t>& others) {
    auto& file = files_[index];
    if (!file.block) return begin(file);
    while (!is_stopped_) {
      ++fold_->counts.lines_read;
      const auto taken = fold_->take(file);
      if (!taken) {
        problems_.push_back({file.survey.path, file.line_number(), taken.error()});
        pipeline_.close(*file.stream);
        end(file);
        return false;
      }
      ++file.line;
      if (!find_next(file)) return false;
      if (!others.empty() && goes_before(others.front(), index)) return true;
    }
    return true;
  }

  // Opens the file and goes to its first line; false when it has none.
  bool begin(HistoryFile& file) {
    auto source = open_byte_source(file.survey.path);
    if (!source) {
      problems_.push_back({file.survey.path, 0, source.error()});
      return false;
    }
    file.stream =
        pipeline_.open(LineReader(std::move(*source), options_.is_trace ? kTraceLimits : kLogLimits));
    return next_block(file) && find_next(file);
  }

  // Goes to the next line there is, over the ends of blocks, and gives it its time.
  bool find_next(HistoryFile& file) {
    while (file.line == fold_->line_count(*file.block)) {
      if (!next_block(file)) return false;
    }
    if (const auto time = fold_->time_of_next(file)) {
      file.time = *time;
      file.has_time = true;
      latest_ = std::max(latest_, *time);
    }
    return true;
  }

  bool next_block(HistoryFile& file) {
    if (file.block) {
      file.lines_before += file.line;
      pipeline_.give_back(std::move(file.block));
    }
    file.block = pipeline_.next(file.stream);
    file.line = 0;
    file.unparsed = 0;
    fold_->counts.bytes_read += file.block->bytes_on_disk;
    report();
    if (!file.block->is_last) return true;
    // The lines before a fault were handed on; it belongs to the one that could not be read.
    if (auto& fault = file.block->fault)
      problems_.push_back({file.survey.path, fault_line(file), std::move(*fault)});
    end(file);
    return false;
  }

  [[nodiscard]] static std::uint64_t fault_line(const HistoryFile& file) {
    return file.block->fault->code == ErrorCode::kCorrupt ? file.line_number() : 0;
  }

  void end(HistoryFile& file) {
    pipeline_.give_back(std::move(file.block));
    file.stream.reset();
  }

  void report() {
    constexpr auto kPause = std::chrono::milliseconds{200};
    const auto now = std::chrono::steady_clock::now();
    if (!progress_ || now - reported_ < kPause) return;
    reported_ = now;
    progress_(fold_->counts, latest_);
  }

  const HistoryOptions& options_;
  const EventSink& sink_;
  const Progress& progress_;
  std::vector<HistoryFile> files_;
  std::vector<HistoryProblem> problems_;
  std::unique_ptr<HistoryFold> fold_;
  Timestamp latest_{};
  bool is_stopped_ = false;
  std::chrono::steady_clock::time_point reported_ = std::chrono::steady_clock::now();
  BlockPipeline pipeline_;  // the last member: its threads end first
};

}  // namespace

std::uint64_t HistoryCounts::lines_unparsed() const {
  return std::accumulate(unparsed.begin(), unparsed.end(), std::uint64_t{0},
                         [](std::uint64_t sum, const auto& program) { return sum + program.second.lines; });
}

std::optional<std::uint64_t> total_bytes(const std::vector<std::string>& files) {
  if (files.empty()) return std::nullopt;
  std::uint64_t total = 0;
  for (const auto& path : files) {
    const auto facts = file_facts(path);
    if (!facts) continue;  // reading it will say why
    if (!facts->is_regular) return std::nullopt;
    total += facts->size;
  }
  return total;
}

HistoryResult read_history(const HistoryOptions& options, const EventSink& sink, const Progress& progress) {
  return HistoryRun(options, sink, progress).run();
}

}  // namespace postreeve
