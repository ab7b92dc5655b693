// The networks an account was used from: at most 32.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "profile/habit.h"

namespace postreeve {

// Keys are keyed hashes of network_of(address). Grows 2, 4, 5, ... 8, 10, ... 16, 20, 24, 32 as networks
// come; then the least one (habit.h) is given up, and from 4 on one that was only passed through three weeks
// ago is before another is made room for. A value; allocates only when it grows.
class FamiliarNetworks {
 public:
  static constexpr std::size_t kMostPlaces = 32;
  static constexpr std::size_t kFewPlaces = 4;

  [[nodiscard]] const Habit* find(std::uint32_t key) const noexcept { return find_habit(habits_, key); }

  // Notes a use; returns whether the network was new. A key of 0 is no use.
  bool note(std::uint32_t key, std::uint16_t day, Use use);

  void forget(std::uint32_t key) noexcept {
    std::erase_if(habits_, [key](const Habit& habit) { return habit.key == key; });
  }

  [[nodiscard]] std::span<const Habit> all() const noexcept { return habits_; }
  [[nodiscard]] std::size_t size() const noexcept { return habits_.size(); }
  // Bytes on the heap.
  [[nodiscard]] std::size_t heap_bytes() const noexcept { return habits_.capacity() * sizeof(Habit); }

  friend bool operator==(const FamiliarNetworks&, const FamiliarNetworks&) = default;

  // What is kept on a disk (base/field_archive.h).
  template <typename Self, typename Archive>
  static void fields(Self& self, Archive& archive) {
    auto& [habits] = self;
    archive.list(habits, kMostPlaces);
  }

 private:
  std::vector<Habit> habits_;
};

}  // namespace postreeve
