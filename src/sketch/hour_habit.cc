#include "sketch/hour_habit.h"

#include <algorithm>
#include <limits>
#include <numeric>

namespace postreeve {
namespace {

// Part of the week that one hour of five workdays, or of two weekend days, is.
double part_of_week(bool weekend) {
  return (weekend ? 2.0 : 5.0) / 168.0;
}

}  // namespace

std::size_t HourHabit::cell(int hour, bool weekend) noexcept {
  const int of_day = (hour % 24 + 24) % 24;
  return static_cast<std::size_t>(of_day) + (weekend ? 24U : 0U);
}

void HourHabit::add(int hour, bool weekend) noexcept {
  std::uint8_t& count = counts_[cell(hour, weekend)];
  if (count == std::numeric_limits<std::uint8_t>::max()) {
    for (std::uint8_t& each : counts_) each = static_cast<std::uint8_t>(each / 2);
  }
  ++count;
}

std::uint32_t HourHabit::total() const noexcept {
  return std::accumulate(counts_.begin(), counts_.end(), 0U);
}

double HourHabit::share(int hour, bool weekend) const noexcept {
  return (counts_[cell(hour, weekend)] + kHourHabitPrior * part_of_week(weekend)) /
         (total() + kHourHabitPrior);
}

double HourHabit::exposure(int hour, bool weekend) const noexcept {
  return share(hour, weekend) / part_of_week(weekend);
}

}  // namespace postreeve
