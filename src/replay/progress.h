// The progress bar of long work. Whether there is a terminal to show it on is the caller's question.
#pragma once

#include <cstdint>
#include <cstdio>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace postreeve {

struct ProgressState {
  std::uint64_t count = 0;          // of what is worked on
  std::optional<double> part = {};  // that is done, 0 to 1; unknown: no bar and no rest
};

// "[#########               ]  38 %   412,000 lines/s   7 s left"; without a part no bar and no rest.
[[nodiscard]] std::string progress_line(const ProgressState& state, std::string_view unit, double seconds);

// Draws over one line of a terminal. Not thread-safe.
class ProgressBar {
 public:
  // `elapsed` gives the seconds since the start. The stream must outlive the bar.
  ProgressBar(std::FILE* terminal, std::string unit, std::function<double()> elapsed)
      : terminal_(terminal), unit_(std::move(unit)), elapsed_(std::move(elapsed)) {}

  void show(const ProgressState& state);
  // Wipes the line.
  void clear();

 private:
  std::FILE* terminal_;
  std::string unit_;
  std::function<double()> elapsed_;
  bool is_shown_ = false;
};

}  // namespace postreeve
