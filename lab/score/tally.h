// What the scorer counts: by family for take-overs, by persona for honest people.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/time.h"
#include "finding/evidence.h"
#include "finding/standing.h"

namespace postreeve::lab {

// One take-over and how far it got.
struct AttackScore {
  std::uint32_t messages_tried = 0;
  std::uint32_t messages_leaked = 0;  // at least one recipient got it
  std::uint32_t recipients_tried = 0;
  std::uint32_t recipients_leaked = 0;
  std::optional<Timestamp> first_event;
  std::optional<Timestamp> first_message;
  // Restricted, or a message of it stopped.
  std::optional<Timestamp> contained;
  Level worst = Level::kClear;
  bool before_first_message = false;  // nothing of its first message got out, or restricted before it
};

// Honest mail of one persona.
struct MailScore {
  std::uint64_t messages = 0;
  std::uint64_t deferred = 0;  // first tries of which a part was deferred
  std::uint64_t held = 0;
  std::uint64_t rejected = 0;
  std::uint64_t delayed = 0;  // got through on a retry
  double delay_seconds = 0;
  std::uint64_t lost = 0;  // the client gave up, or was refused for good
};

// A clean account became restricted, or more severely so.
struct Alarm {
  std::uint32_t account = 0;
  Timestamp time{};
  Level level = Level::kSlowed;
  bool begins = false;          // it was not restricted before
  std::uint64_t detectors = 0;  // bits of those that weighed at least a nat within the last day
};

// The worst alarm of an account in one month.
struct AlarmMonth {
  std::uint32_t account = 0;
  std::uint16_t month = 0;
  Level level = Level::kSlowed;
  std::uint64_t detectors = 0;  // of the first alarm
};

// Months are 30 days from `from` on; what was before is left out. Alarms are in the order of time.
[[nodiscard]] std::vector<AlarmMonth> worst_of_months(std::span<const Alarm> alarms, Timestamp from);

// Restrictions of clean accounts of one persona: account-months by their worst standing.
struct AlarmScore {
  std::uint64_t slowed = 0;
  std::uint64_t held = 0;
  std::uint64_t suspended = 0;
  std::array<std::uint32_t, 64> by_detector{};

  void add(const AlarmMonth& month);
  [[nodiscard]] std::uint64_t all() const { return slowed + held + suspended; }
};

// The most moments within any hour, both ends of which may lie anywhere. Moments are in order.
[[nodiscard]] std::uint32_t most_within_an_hour(std::span<const Timestamp> moments);

// One-sided 95 % upper bound of the mean of a Poisson variable of which `count` were seen.
[[nodiscard]] double upper_bound_95(std::uint64_t count);
[[nodiscard]] double mean(const std::vector<double>& values);  // 0 for none
// The value below which `share` of the values lie; 0 for none.
[[nodiscard]] double quantile(std::vector<double> values, double share);

}  // namespace postreeve::lab
