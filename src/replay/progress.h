// The progress bar of a long replay. Whether there is a terminal to show it on is the caller's question.
#pragma once

#include <cstdint>
#include <cstdio>
#include <functional>
#include <optional>
#include <string>

#include "intake/history.h"

namespace postreeve {

// "[#########               ]  38 %   412,000 lines/s   7 s left"; without a total no bar and no rest.
[[nodiscard]] std::string progress_line(const HistoryCounts& counts, std::optional<std::uint64_t> total_bytes,
                                        double seconds);

// Draws over one line of a terminal. Not thread-safe.
class ProgressBar {
 public:
  // `elapsed` gives the seconds since the start. The stream must outlive the bar.
  ProgressBar(std::FILE* terminal, std::optional<std::uint64_t> total_bytes, std::function<double()> elapsed)
      : terminal_(terminal), total_bytes_(total_bytes), elapsed_(std::move(elapsed)) {}

  void show(const HistoryCounts& counts);
  // Wipes the line.
  void clear();

 private:
  std::FILE* terminal_;
  std::optional<std::uint64_t> total_bytes_;
  std::function<double()> elapsed_;
  bool is_shown_ = false;
};

}  // namespace postreeve
