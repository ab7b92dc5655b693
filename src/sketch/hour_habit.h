// At which hours somebody is active: 24 hours of workdays and 24 of weekends.
//
// Counters of one byte; when one would overflow all are halved (rounded down),
// so old habits fade as new ones come and shares stay. Smoothed by a Dirichlet
// prior of kHourHabitPrior events spread evenly over the week: who is unknown is
// taken to be active at any hour, and no hour is ever impossible.
//
// A value of 48 bytes: owns all it holds, no lock, any thread as any value.
// Total: hours outside 0..23 are taken modulo 24. Hours are local ones: the
// caller knows the time zone, and which days are free (holidays count as weekend).
//
// Limits: sharp at the hour: it does not know that 18:05 is nearly 17:55. After
// many events an hour never used has an exposure down to 0.002; who uses it as
// evidence should put a floor under it (attackers too keep office hours).
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

namespace postreeve {

inline constexpr double kHourHabitPrior = 24.0;

class HourHabit {
 public:
  // Counts one event.
  void add(int hour, bool weekend) noexcept;

  // Share of the week's events that fall into this hour of workdays (of all
  // five together) or of weekends, in (0, 1); the 48 shares sum to 1. About 20 ns.
  [[nodiscard]] double share(int hour, bool weekend) const noexcept;

  // How many average hours one such hour counts for: its share divided by its
  // part of the week (5/168 or 2/168). Averages 1 over a week; 1 for an empty
  // habit. The exposure to give GammaPoisson whose unit is an hour.
  [[nodiscard]] double exposure(int hour, bool weekend) const noexcept;

  // Events that count now (halved when a counter overflowed), up to 12,240.
  [[nodiscard]] std::uint32_t total() const noexcept;

  friend bool operator==(const HourHabit&, const HourHabit&) = default;

 private:
  static std::size_t cell(int hour, bool weekend) noexcept;

  std::array<std::uint8_t, 48> counts_{};  // hours of workdays, then of weekends
};

}  // namespace postreeve
