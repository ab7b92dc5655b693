#include "profile/familiar_networks.h"

namespace postreeve {

bool FamiliarNetworks::note(std::uint32_t key, std::uint16_t day, Use use) {
  if (key == 0) return false;
  for (Habit& habit : habits_) {
    if (habit.key != key) continue;
    habit.note(day, use);
    return false;
  }
  if (habits_.size() < kMostPlaces) {
    if (habits_.size() == habits_.capacity()) habits_.reserve(std::max<std::size_t>(2, 2 * habits_.size()));
    habits_.push_back(Habit{.key = key});
    habits_.back().note(day, use);
    return true;
  }
  Habit& place = least_habit(habits_);
  place = Habit{.key = key};
  place.note(day, use);
  return true;
}

}  // namespace postreeve
