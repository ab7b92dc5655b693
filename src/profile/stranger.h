// What unfamiliar origins did with an account lately. Kept only while somebody
// unfamiliar is about, so most records have none.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <vector>

#include "finding/incident.h"
#include "mail/event.h"
#include "net/location.h"
#include "profile/activity.h"
#include "profile/habit.h"
#include "profile/origin.h"
#include "sketch/distinct_recent.h"

namespace postreeve {

// Something a stranger did that will be learned when nothing comes of it, and forgotten
// when it was a thief: the compact form of a login, a recipient or a message.
struct Lesson {
  std::uint32_t time = 0;  // seconds
  std::uint32_t network = 0;
  std::uint32_t provider = 0;
  std::uint32_t client = 0;
  std::uint32_t recipient = 0;  // 0: no recipient, a use of the account
  std::uint16_t country = 0;
  Use use = Use::kSignIn;
  bool harmless = false;  // nothing but the place spoke against it: learned by its age alone
  // Nothing but the place, yet so much that the account was watched: learned by its age if the owner moved.
  bool by_place = false;

  friend bool operator==(const Lesson&, const Lesson&) = default;
};

// A live webmail session from an unfamiliar place, kept whole to be told of.
struct StrangersWebmail {
  Origin origin;           // unknown: none
  std::uint32_t time = 0;  // seconds

  friend bool operator==(const StrangersWebmail&, const StrangersWebmail&) = default;
};

struct Stranger {
  static constexpr std::size_t kMostLessons = 64;
  static constexpr std::size_t kMostTransactions = 64;

  Activity activity;
  DistinctRecent<12> providers;                    // unfamiliar ones that got in
  DistinctRecent<6> countries;                     // unfamiliar ones that got in
  WindowCount<kHourSeconds, 6> slowed_known_hour;  // recipients let through in standing slowed
  WindowCount<kHourSeconds, 6> slowed_unknown_hour;
  Outgo outgo;
  std::uint32_t outgo_provider = 0;
  std::uint32_t outgo_latest = 0;  // seconds
  std::uint32_t last_seen = 0;     // seconds
  std::uint32_t last_suspect = 0;  // seconds: the latest suspicious lesson; 0: none
  // The gravest setting that was made from an unfamiliar place (detect/reading.cc), what it weighs
  // in nats without its place, and when it was made, in seconds; 0: none.
  std::uint32_t setting_time = 0;
  float setting_nats = 0;
  SettingKind setting{};
  StrangersWebmail webmail;  // the riskiest (profile/webmail.h)
  // The latest transactions, so that delivery reports find whose mail they speak of.
  std::array<std::uint32_t, kMostTransactions> transactions{};
  std::uint8_t next_transaction = 0;
  std::vector<Lesson> lessons;  // at most kMostLessons; then the oldest are lost

  void note_transaction(std::uint32_t key) noexcept {
    transactions[next_transaction] = key;
    next_transaction = static_cast<std::uint8_t>((next_transaction + 1) % kMostTransactions);
  }
  [[nodiscard]] bool has_transaction(std::uint32_t key) const noexcept {
    return key != 0 && std::ranges::find(transactions, key) != transactions.end();
  }

  friend bool operator==(const Stranger&, const Stranger&) = default;
};

// Keeps `lesson` for later.
void keep(Stranger& stranger, const Lesson& lesson);

}  // namespace postreeve
