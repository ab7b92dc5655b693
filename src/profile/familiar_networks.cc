#include "profile/familiar_networks.h"

#include <algorithm>
#include <array>

namespace postreeve {
namespace {

std::size_t next_room(std::size_t room) noexcept {
  constexpr std::array<std::size_t, 13> kRooms{
      2, 4, 5, 6, 7, 8, 10, 12, 14, 16, 20, 24, FamiliarNetworks::kMostPlaces};
  return *std::ranges::upper_bound(kRooms, room);
}

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
  const bool is_roomy = habits_.size() < habits_.capacity() || habits_.size() < kFewPlaces;
  const bool gives_up = !is_roomy && is_passed(least_habit(habits_), day);
  if (!gives_up && habits_.size() < kMostPlaces) {
    if (habits_.size() == habits_.capacity()) habits_.reserve(next_room(habits_.size()));
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
