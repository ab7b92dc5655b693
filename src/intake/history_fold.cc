#include "intake/history_fold.h"

#include <fmt/format.h>

#include "intake/trace_text.h"

namespace postreeve {
namespace {

constexpr std::size_t kSamples = 5;
constexpr std::size_t kSampleBytes = 200;

class LogFold final : public HistoryFold {
 public:
  LogFold(const HistoryOptions& options, Joiner::Sink sink) : joiner_(options.joiner, std::move(sink)) {}

  std::size_t line_count(const ParsedBlock& block) const noexcept override { return block.log_lines.size(); }

  std::optional<Timestamp> time_of_next(HistoryFile& file) override {
    const auto& line = file.block->log_lines[file.line];
    if (!line.stamp) return std::nullopt;
    return file.clock->read(*line.stamp);
  }

  Result<bool> take(HistoryFile& file) override {
    const auto& line = file.block->log_lines[file.line];
    if (std::holds_alternative<NotUnderstood>(line.record)) {
      count_unparsed(file, to_text(line.program));
    } else {
      ++counts.lines_understood;
    }
    if (file.has_time) joiner_.add(file.time, line.host, line.record);
    return true;
  }

  void finish() override { joiner_.finish(); }

 private:
  Joiner joiner_;
};

class TraceFold final : public HistoryFold {
 public:
  explicit TraceFold(Joiner::Sink sink) : sink_(std::move(sink)) {}

  std::size_t line_count(const ParsedBlock& block) const noexcept override {
    return block.trace_lines.size();
  }

  std::optional<Timestamp> time_of_next(HistoryFile& file) override {
    const auto& line = file.block->trace_lines[file.line];
    if (line.kind != TraceLine::Kind::kEvent) return std::nullopt;
    return time_of(line.event);
  }

  Result<bool> take(HistoryFile& file) override {
    auto& line = file.block->trace_lines[file.line];
    switch (line.kind) {
      case TraceLine::Kind::kBroken:
        count_unparsed(file, "trace");
        return fail(ErrorCode::kCorrupt, std::move(line.fault));
      case TraceLine::Kind::kUnknownEvent:
        count_unparsed(file, "trace");
        return true;
      case TraceLine::Kind::kNothing:
        break;
      case TraceLine::Kind::kEvent:
        if (accounts_.settle(line.event)) sink_(std::move(line.event));
        break;
    }
    ++counts.lines_understood;
    return true;
  }

  void finish() override {}

 private:
  Joiner::Sink sink_;
  TraceAccounts accounts_{kRememberedMessages};
};

}  // namespace

void HistoryFold::count_unparsed(HistoryFile& file, std::string_view program) {
  const auto text = file.block->unparsed[file.unparsed++].text;
  count_unparsed_line(counts.unparsed[std::string(program)],
                      fmt::format("{}:{}", file.survey.path, file.line_number()), text);
}

void count_unparsed_line(Unparsed& unparsed, std::string_view where, std::string_view text) {
  ++unparsed.lines;
  if (unparsed.samples.size() == kSamples) return;
  unparsed.samples.push_back(fmt::format("{}: {}", where, utf8_prefix(text, kSampleBytes)));
}

std::unique_ptr<HistoryFold> make_log_fold(const HistoryOptions& options, Joiner::Sink sink) {
  return std::make_unique<LogFold>(options, std::move(sink));
}

std::unique_ptr<HistoryFold> make_trace_fold(Joiner::Sink sink) {
  return std::make_unique<TraceFold>(std::move(sink));
}

}  // namespace postreeve
