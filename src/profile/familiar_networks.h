// The networks an account was used from: at most 32.
#pragma once

#include <cstdint>
#include <span>

#include "base/heap_array.h"
#include "profile/habit.h"

namespace postreeve {

// Keys are keyed hashes of network_of(address). Grows by one as networks come; when all are there the least
// one (habit.h) is given up, and from 4 on one that was only passed through three weeks ago is before another
// is made room for. A value: what it gives up follows from what it holds, also after it was read back.
// Allocates only when it grows.
class FamiliarNetworks {
 public:
  static constexpr std::size_t kMostPlaces = 32;
  static constexpr std::size_t kFewPlaces = 4;

  [[nodiscard]] const Habit* find(std::uint32_t key) const noexcept { return find_habit(all(), key); }

  // Notes a use; returns whether the network was new. A key of 0 is no use.
  bool note(std::uint32_t key, std::uint16_t day, Use use);

  void forget(std::uint32_t key);

  [[nodiscard]] std::span<const Habit> all() const noexcept { return {habits_.begin(), habits_.end()}; }
  [[nodiscard]] std::size_t size() const noexcept { return habits_.size(); }
  // Bytes on the heap.
  [[nodiscard]] std::size_t heap_bytes() const noexcept { return habits_.heap_bytes(); }

  friend bool operator==(const FamiliarNetworks&, const FamiliarNetworks&) = default;

  // What is kept on a disk (base/field_archive.h).
  template <typename Self, typename Archive>
  static void fields(Self& self, Archive& archive) {
    auto& [habits] = self;
    std::uint32_t size = habits.size();  // NOLINT(misc-const-correctness): read into
    archive(size);
    if constexpr (Archive::kReads) {
      archive.require(size <= kMostPlaces, "more networks than an account has places");
      habits = HeapArray<Habit>(size <= kMostPlaces ? size : 0);
    }
    for (auto& habit : habits) archive(habit);
  }

 private:
  // One more place, at the end.
  void make_room();
  [[nodiscard]] std::span<Habit> places() noexcept { return {habits_.begin(), habits_.end()}; }

  HeapArray<Habit> habits_;
};

}  // namespace postreeve
