// What an account uses again and again: a network, a provider, a country, a client.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <limits>
#include <span>

#include "base/time.h"

namespace postreeve {

// Days since the epoch, good until the year 2149.
[[nodiscard]] constexpr std::uint16_t day_of(Timestamp time) noexcept {
  return static_cast<std::uint16_t>(to_seconds32(time) / 86'400);
}

// What an account was used for: an SMTP login alone, a mailbox opened (IMAP, POP3, webmail), mail sent.
enum class Use : std::uint8_t { kSignIn, kRead, kSend };

// One thing used: on how many days, and when last. Reads are kept apart from sends,
// because reading never makes anything familiar (a thief reads for weeks first).
struct Habit {
  std::uint32_t key = 0;  // keyed hash or number; 0 marks an empty place
  std::uint16_t last_read_day = 0;
  std::uint16_t last_day = 0;
  std::uint16_t last_send_day = 0;
  std::uint8_t days = 0;       // distinct days of any use, saturating
  std::uint8_t send_days = 0;  // distinct days with honest sends, saturating

  void note(std::uint16_t day, Use use) noexcept {
    if (use == Use::kRead) last_read_day = std::max(last_read_day, day);
    if (days == 0 || day > last_day) {
      last_day = std::max(last_day, day);
      days = saturated(days);
    }
    if (use == Use::kSend && (send_days == 0 || day > last_send_day)) {
      last_send_day = std::max(last_send_day, day);
      send_days = saturated(send_days);
    }
  }

  // Days of sending before `today`: what is sent today makes nothing familiar until tomorrow.
  [[nodiscard]] constexpr int send_days_before(std::uint16_t today) const noexcept {
    return send_days - (send_days > 0 && last_send_day >= today ? 1 : 0);
  }

  friend bool operator==(const Habit&, const Habit&) = default;

 private:
  [[nodiscard]] static constexpr std::uint8_t saturated(std::uint8_t n) noexcept {
    return n == std::numeric_limits<std::uint8_t>::max() ? n : static_cast<std::uint8_t>(n + 1);
  }
};

// Finds the habit of `key` (not 0); nullptr when there is none.
[[nodiscard]] inline const Habit* find_habit(std::span<const Habit> habits, std::uint32_t key) noexcept {
  for (const Habit& habit : habits) {
    if (habit.key == key && key != 0) return &habit;
  }
  return nullptr;
}

// The place to give up for a new habit: an empty one, else the one sent from on the fewest days,
// among those the one used longest ago. Requires a non-empty span.
[[nodiscard]] inline Habit& least_habit(std::span<Habit> habits) noexcept {
  return *std::min_element(habits.begin(), habits.end(), [](const Habit& a, const Habit& b) {
    if ((a.key == 0) != (b.key == 0)) return a.key == 0;
    if (a.send_days != b.send_days) return a.send_days < b.send_days;
    return a.last_day < b.last_day;
  });
}

// A fixed number of habits, the least one given up for a new one.
template <std::size_t kPlaces>
class HabitTable {
 public:
  [[nodiscard]] const Habit* find(std::uint32_t key) const noexcept { return find_habit(habits_, key); }

  // Notes a use; returns whether the key was new. A key of 0 is no use.
  bool note(std::uint32_t key, std::uint16_t day, Use use) noexcept {
    if (key == 0) return false;
    for (Habit& habit : habits_) {
      if (habit.key != key) continue;
      habit.note(day, use);
      return false;
    }
    Habit& place = least_habit(habits_);
    place = Habit{.key = key};
    place.note(day, use);
    return true;
  }

  void forget(std::uint32_t key) noexcept {
    for (Habit& habit : habits_) {
      if (habit.key == key) habit = {};
    }
  }

  [[nodiscard]] std::span<const Habit> all() const noexcept { return habits_; }
  [[nodiscard]] std::size_t size() const noexcept {
    return static_cast<std::size_t>(
        std::ranges::count_if(habits_, [](const Habit& h) { return h.key != 0; }));
  }

  friend bool operator==(const HabitTable&, const HabitTable&) = default;

  // What is kept on a disk (base/field_archive.h).
  template <typename Self, typename Archive>
  static void fields(Self& self, Archive& archive) {
    auto& [habits] = self;
    archive(habits);
  }

 private:
  std::array<Habit, kPlaces> habits_{};
};

}  // namespace postreeve
