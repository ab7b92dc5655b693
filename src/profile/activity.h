// What was done lately, and the evidence it left: exact for an hour and a day, then gone.
#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>

#include "base/time.h"
#include "finding/evidence.h"
#include "sketch/cusum.h"
#include "sketch/decay.h"
#include "sketch/window_count.h"

namespace postreeve {

inline constexpr std::uint32_t kHourSeconds = 3'600;
inline constexpr std::uint32_t kDaySeconds = 86'400;

// One kind of behaviour alone is worth no more than this: a busy day or new recipients come to honest people,
// and only together hardly ever. A new place does so, too (detect/origin_novelty.cc stays below by itself);
// but mail from the very machine of other accounts' thieves, or from country after country, does not, nor
// does a day on which a third of it came back (detect/refusals.cc).
inline constexpr float kMostOfAGroup = 6.0F;

// The most that a group's findings count for, in nats.
[[nodiscard]] constexpr float most_of(Group group) noexcept {
  return group == Group::kOrigin || group == Group::kAnswers ? kMaxNats : kMostOfAGroup;
}

// The strongest finding of each group, fading with a half-life since `updated`.
struct RiskState {
  // What faded below this is over: else last month's suspicion would keep a familiar place from
  // speaking for the owner.
  static constexpr float kForgotten = 0.05F;
  std::array<float, kGroupCount> nats{};
  std::uint32_t updated = 0;  // seconds

  // Lets evidence fade up to `time`; a time before `updated` changes nothing.
  void fade(Timestamp time, Duration half_life) noexcept {
    const std::uint32_t now = to_seconds32(time);
    if (now <= updated) return;
    const auto factor = static_cast<float>(decay_factor(now - updated, half_life));
    for (float& n : nats) {
      n *= factor;
      if (std::abs(n) < kForgotten) n = 0;
    }
    updated = now;
  }

  // Inside a group the strongest counts; a finding for the owner counts while nothing speaks against.
  void add(const Evidence& evidence) noexcept {
    float& group = nats[static_cast<std::size_t>(group_of(evidence.reason))];
    group = group > 0 ? std::max(group, evidence.nats) : std::max(evidence.nats, -kMaxNats);
  }

  // Between groups findings add, each up to most_of() it.
  [[nodiscard]] double sum() const noexcept {
    double total = 0;
    for (std::size_t group = 0; group < nats.size(); ++group)
      total += static_cast<double>(std::min(nats[group], most_of(static_cast<Group>(group))));
    return total;
  }

  friend bool operator==(const RiskState&, const RiskState&) = default;
};

// The recipients of one transaction, while it is open.
struct OpenTransaction {
  std::uint32_t key = 0;
  std::uint16_t recipients = 0;  // asked
  std::uint16_t unknown = 0;     // of these, never written to before

  friend bool operator==(const OpenTransaction&, const OpenTransaction&) = default;
};

// Complaints of the latest days: they come for days after the mail, so each day counts half of
// the next one.
class RecentComplaints {
 public:
  void add(Timestamp time) noexcept {
    const std::uint32_t day = day_number(time);
    hundredths_ = static_cast<std::uint16_t>(std::min(100 * count(time) + kOne, kMost));
    day_ = static_cast<std::uint16_t>(std::max<std::uint32_t>(day_, day));
  }
  // A time before the latest complaint counts as its day.
  [[nodiscard]] double count(Timestamp time) const noexcept {
    const std::uint32_t day = day_number(time);
    return std::ldexp(hundredths_ / kOne, day > day_ ? -static_cast<int>(day - day_) : 0);
  }

  friend bool operator==(const RecentComplaints&, const RecentComplaints&) = default;

  // What is kept on a disk (base/field_archive.h).
  template <typename Self, typename Archive>
  static void fields(Self& self, Archive& archive) {
    auto& [day, hundredths] = self;
    archive(day, hundredths);
  }

 private:
  static constexpr double kOne = 100;
  static constexpr double kMost = 65'535;
  [[nodiscard]] static std::uint32_t day_number(Timestamp time) noexcept {
    return to_seconds32(time) / kDaySeconds;
  }

  std::uint16_t day_ = 0;
  std::uint16_t hundredths_ = 0;
};

// One side's doings: the owner's established places, or strangers'.
struct Activity {
  WindowCount<kHourSeconds, 6> messages_hour;
  WindowCount<kDaySeconds, 6> messages_day;
  WindowCount<kHourSeconds, 6> recipients_hour;
  WindowCount<kDaySeconds, 6> recipients_day;
  WindowCount<kDaySeconds, 6> new_recipients_day;
  WindowCount<kDaySeconds, 6> delivered_day;
  WindowCount<kDaySeconds, 6> refused_day;
  Cusum novelty;       // of recipients (detect/new_recipients.cc)
  float refusals = 0;  // log ratio of refusals (detect/refusals.cc), nats
  RiskState risk;
  OpenTransaction transaction;
  RecentComplaints complaints;

  friend bool operator==(const Activity&, const Activity&) = default;
};

}  // namespace postreeve
