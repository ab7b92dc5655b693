// A log file whose lines may be handed in somewhat ahead of their time and leave in order of time.
#pragma once

#include <cstdint>
#include <fstream>
#include <queue>
#include <string>
#include <string_view>
#include <vector>

#include "base/time.h"

namespace postreeve::lab {

// How a line begins.
enum class LogStamp : std::uint8_t {
  kSyslog,  // "2026-03-02T08:00:00.123456+00:00 mx1 ", as rsyslog of Debian 12
  kExim,    // "2026-03-02 08:00:00 ", as Exim itself
};

class LogFile {
 public:
  // Check good().
  LogFile(const std::string& path, LogStamp stamp);

  // A line `later` behind `time`; the same moment keeps the order of the calls.
  void add(Timestamp time, std::chrono::microseconds later, std::string text);
  // Writes all lines before `time`. Nothing older may be added after this.
  void write_until(Timestamp time);
  // Writes what is left; lines that lie beyond `end` have not happened yet.
  void finish(Timestamp end);

  [[nodiscard]] bool good() const { return file_.good(); }

 private:
  struct Line {
    std::int64_t microseconds = 0;  // since the epoch
    std::uint64_t number = 0;
    std::string text;
  };
  struct Later {
    bool operator()(const Line& a, const Line& b) const {
      return a.microseconds != b.microseconds ? a.microseconds > b.microseconds : a.number > b.number;
    }
  };

  void write(const Line& line);

  std::ofstream file_;
  LogStamp stamp_;
  std::priority_queue<Line, std::vector<Line>, Later> waiting_;
  std::uint64_t number_ = 0;
  std::string head_;
};

}  // namespace postreeve::lab
