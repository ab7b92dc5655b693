// What becomes of the lines of a history once they are in order: counts and events.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "intake/history.h"
#include "intake/history_blocks.h"
#include "intake/history_survey.h"
#include "intake/joiner.h"
#include "intake/log_clock.h"
#include "intake/trace_accounts.h"

namespace postreeve {

// One file while it is read.
struct HistoryFile {
  SurveyedFile survey;
  std::shared_ptr<BlockPipeline::Stream> stream;  // none: not begun, or over
  std::unique_ptr<ParsedBlock> block;
  std::size_t line = 0;            // index in the block of the line that comes next
  std::size_t unparsed = 0;        // index in block->unparsed of the next one
  std::uint64_t lines_before = 0;  // of the file, before this block
  std::optional<LogClock> clock;
  // Of the line that comes next; a line without a time has that of the line before.
  Timestamp time{Duration::min()};
  bool has_time = false;

  [[nodiscard]] std::uint64_t line_number() const noexcept { return lines_before + line + 1; }
};

// Takes lines in the order of their times. Not thread-safe.
class HistoryFold {
 public:
  HistoryFold() = default;
  HistoryFold(const HistoryFold&) = delete;
  HistoryFold& operator=(const HistoryFold&) = delete;
  virtual ~HistoryFold() = default;

  [[nodiscard]] virtual std::size_t line_count(const ParsedBlock& block) const noexcept = 0;
  // The time that the next line of `file` names.
  [[nodiscard]] virtual std::optional<Timestamp> time_of_next(HistoryFile& file) = 0;
  // Takes the next line of `file`. Fails where the file must not be read further.
  [[nodiscard]] virtual Result<bool> take(HistoryFile& file) = 0;
  virtual void finish() = 0;

  HistoryCounts counts;

 protected:
  // Counts the next line of `file`; its text is the block's next unparsed one.
  void count_unparsed(HistoryFile& file, std::string_view program);
};

[[nodiscard]] std::unique_ptr<HistoryFold> make_log_fold(const HistoryOptions& options, Joiner::Sink sink);
[[nodiscard]] std::unique_ptr<HistoryFold> make_trace_fold(Joiner::Sink sink);

}  // namespace postreeve
