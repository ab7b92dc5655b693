#include "profile/familiar_networks.h"

#include <algorithm>
#include <utility>

namespace postreeve {
namespace {

// A place passed through: sent from on one day at most, and not used for three weeks.
bool is_passed(const Habit& habit, std::uint16_t today) noexcept {
  constexpr int kPassedDays = 21;
  return habit.send_days <= 1 && today - habit.last_day > kPassedDays;
}

}  // namespace

bool FamiliarNetworks::note(std::uint32_t key, std::uint16_t day, Use use) {
  if (key == 0) return false;
  for (Habit& habit : habits_) {
    if (habit.key != key) continue;
    habit.note(day, use);
    return false;
  }
  const bool gives_up =
      size() >= kMostPlaces || (size() >= kFewPlaces && is_passed(least_habit(places()), day));
  if (!gives_up) make_room();
  Habit& place = gives_up ? least_habit(places()) : habits_[size() - 1];
  place = Habit{.key = key};
  place.note(day, use);
  return true;
}

void FamiliarNetworks::forget(std::uint32_t key) {
  const auto is_other = [key](const Habit& habit) { return habit.key != key; };
  HeapArray<Habit> others(static_cast<std::uint32_t>(std::ranges::count_if(habits_, is_other)));
  std::ranges::copy_if(habits_, others.begin(), is_other);
  habits_ = std::move(others);
}

void FamiliarNetworks::make_room() {
  HeapArray<Habit> more(habits_.size() + 1);
  std::ranges::copy(habits_, more.begin());
  habits_ = std::move(more);
}

}  // namespace postreeve
