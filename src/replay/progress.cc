#include "replay/progress.h"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "replay/numbers.h"

namespace postreeve {
namespace {

constexpr double kWidth = 30;

std::string remaining(double seconds) {
  const auto whole = static_cast<std::uint64_t>(std::llround(seconds));
  if (whole < 120) return fmt::format("{} s left", whole);
  return fmt::format("{} min {:02} s left", whole / 60, whole % 60);
}

}  // namespace

std::string progress_line(const ProgressState& state, std::string_view unit, double seconds) {
  const double rate = seconds > 0 ? static_cast<double>(state.count) / seconds : 0;
  const std::string speed = fmt::format("{} {}/s", with_commas(static_cast<std::uint64_t>(rate)), unit);
  if (!state.part) return fmt::format("{} {}   {}", with_commas(state.count), unit, speed);
  const double done = std::clamp(*state.part, 0.0, 1.0);
  const auto filled = static_cast<std::size_t>(done * kWidth);
  const std::string bar =
      std::string(filled, '#') + std::string(static_cast<std::size_t>(kWidth) - filled, ' ');
  const std::string rest = done > 0 ? remaining(seconds / done - seconds) : "";
  return fmt::format("[{}] {:3.0f} %   {}   {}", bar, done * 100, speed, rest);
}

void ProgressBar::show(const ProgressState& state) {
  fmt::print(terminal_, "\r{}\x1b[K", progress_line(state, unit_, elapsed_()));
  std::fflush(terminal_);
  is_shown_ = true;
}

void ProgressBar::clear() {
  if (!is_shown_) return;
  fmt::print(terminal_, "\r\x1b[K");
  std::fflush(terminal_);
  is_shown_ = false;
}

}  // namespace postreeve
