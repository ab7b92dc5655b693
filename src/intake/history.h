// Everything a mail server left behind, as one ordered stream of events: files of
// any envelope and compression, merged by time, parsed in parallel, joined in order.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "intake/joiner.h"
#include "mail/event.h"

namespace postreeve {

struct HistoryOptions {
  std::vector<std::string> files;  // "-" is standard input; empty is standard input
  bool is_trace = false;           // the files are traces, not logs
  std::string time_zone = "UTC";   // of stamps that do not name their offset (IANA name)
  JoinerOptions joiner;
  unsigned threads = 2;  // for parsing; the stream is the same with any number
  // The latest time that lines can have, for inferring years that are not written: the
  // files' own modification times, or this when given.
  std::optional<Timestamp> now;
};

// Lines nobody understood, by program.
struct Unparsed {
  std::uint64_t lines = 0;
  std::vector<std::string> samples;  // the first few, cut to 200 bytes, with file:line
};

// `where` is "mail.log:12".
void count_unparsed_line(Unparsed& unparsed, std::string_view where, std::string_view text);

struct HistoryCounts {
  std::uint64_t bytes_read = 0;  // of the files as they lie on the disk
  std::uint64_t lines_read = 0;
  std::uint64_t lines_understood = 0;
  std::map<std::string, Unparsed> unparsed;  // by program: "postfix", "exim", "dovecot", "other", "trace"
  [[nodiscard]] std::uint64_t lines_unparsed() const;
};

// What went wrong with a file; everything before it was still handed on.
struct HistoryProblem {
  std::string file;
  std::uint64_t line = 0;  // 0 when not about a line
  Error error;  // kNotFound, kUnavailable (permission), kInvalidInput (directory, binary), kCorrupt
                // (truncated gzip, broken trace line)
};

// Called now and then (at most a few times a second) with what was read so far.
using Progress = std::function<void(const HistoryCounts& counts, Timestamp latest)>;
// Called in time order. Returning false stops the reading.
using EventSink = std::function<bool(Event&&)>;

struct HistoryResult {
  HistoryCounts counts;
  std::vector<HistoryProblem> problems;
};

// Total size in bytes of the files, for a progress bar; nullopt when one is standard input.
[[nodiscard]] std::optional<std::uint64_t> total_bytes(const std::vector<std::string>& files);

// Reads it all. A broken file ends only itself; a broken trace line ends its trace.
[[nodiscard]] HistoryResult read_history(const HistoryOptions& options, const EventSink& sink,
                                         const Progress& progress);

}  // namespace postreeve
