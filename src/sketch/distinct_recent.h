// The last few distinct things seen, and when: countries or networks of an
// account within ten minutes, an hour, a day.
//
// Keeps the kSlots keys seen last, each with the time it was last seen, latest
// first. Exact: count() is the true number of distinct keys within the window,
// or kSlots if that is less. The key seen longest ago is dropped first; a late
// event older than everything in a full set is not kept.
//
// A value of 8 * kSlots bytes: owns all it holds, no lock, any thread as any
// value. Total: time is kept in whole seconds, late events never move it back.
// A window reaches back from `time`: age < window, in whole seconds (a part of
// a second counts as one).
#pragma once

#include <algorithm>
#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

#include "base/time.h"

namespace postreeve {

template <std::size_t kSlots>
class DistinctRecent {
 public:
  static_assert(kSlots > 0);

  struct Entry {
    std::uint32_t key = 0;
    std::uint32_t seen = 0;  // seconds since the epoch; 0 marks an empty slot

    friend bool operator==(const Entry&, const Entry&) = default;
  };

  // Notes that `key` was seen at `time`. Returns whether it is new: not seen
  // within `window` before. O(kSlots).
  bool add(std::uint32_t key, Timestamp time, Duration window) noexcept {
    const std::uint32_t now = second_of(time);
    std::size_t slot = find(key);
    const bool is_new = slot == kSlots || !within(entries_[slot], now, window);
    if (slot == kSlots) slot = kSlots - 1;  // empty, or the one seen longest ago
    if (entries_[slot].seen <= now) place(slot, Entry{key, now});
    return is_new;
  }

  // Returns whether `key` was seen within `window` before `time`, or later.
  [[nodiscard]] bool contains(std::uint32_t key, Timestamp time, Duration window) const noexcept {
    const std::size_t slot = find(key);
    return slot != kSlots && within(entries_[slot], second_of(time), window);
  }

  // Returns how many distinct keys were seen within `window` before `time`, or
  // later; kSlots means "at least".
  [[nodiscard]] std::size_t count(Timestamp time, Duration window) const noexcept {
    const std::uint32_t now = second_of(time);
    const auto old = std::find_if(entries_.begin(), entries_.end(),
                                  [&](const Entry& entry) { return !within(entry, now, window); });
    return static_cast<std::size_t>(old - entries_.begin());
  }

  // When `key` was last seen; nullopt when it is not kept.
  [[nodiscard]] std::optional<Timestamp> last_seen(std::uint32_t key) const noexcept {
    const std::size_t slot = find(key);
    if (slot == kSlots) return std::nullopt;
    return from_seconds32(entries_[slot].seen);
  }

  // The keys that are kept, latest first, no key twice.
  [[nodiscard]] std::span<const Entry> entries() const noexcept {
    const auto end =
        std::find_if(entries_.begin(), entries_.end(), [](const Entry& entry) { return entry.seen == 0; });
    return {entries_.data(), static_cast<std::size_t>(end - entries_.begin())};
  }

  friend bool operator==(const DistinctRecent&, const DistinctRecent&) = default;

  // What is kept on a disk (base/field_archive.h).
  template <typename Self, typename Archive>
  static void fields(Self& self, Archive& archive) {
    auto& [entries] = self;
    for (auto& [key, seen] : entries) archive(key, seen);
  }

 private:
  // Second 0 is taken for 1: it marks empty slots.
  [[nodiscard]] static std::uint32_t second_of(Timestamp time) noexcept {
    return std::max<std::uint32_t>(to_seconds32(time), 1);
  }

  [[nodiscard]] static bool within(const Entry& entry, std::uint32_t now, Duration window) noexcept {
    if (entry.seen == 0) return false;
    const std::int64_t age = static_cast<std::int64_t>(now) - static_cast<std::int64_t>(entry.seen);
    return age < std::chrono::ceil<std::chrono::seconds>(window).count();
  }

  // The slot of `key`, or kSlots.
  [[nodiscard]] std::size_t find(std::uint32_t key) const noexcept {
    for (std::size_t i = 0; i < kSlots && entries_[i].seen != 0; ++i) {
      if (entries_[i].key == key) return i;
    }
    return kSlots;
  }

  // Overwrites `slot` and moves the entry up to where its time belongs.
  void place(std::size_t slot, const Entry& entry) noexcept {
    for (; slot > 0 && entries_[slot - 1].seen <= entry.seen; --slot) entries_[slot] = entries_[slot - 1];
    entries_[slot] = entry;
  }

  std::array<Entry, kSlots> entries_{};  // latest first
};

}  // namespace postreeve
