// What is normal for one account, learned from that account's own past.
//
// A profile is a value: it owns all it holds, is compared with ==, is never
// shared, and needs no lock. It is bounded: a fixed head, at most 32 networks and
// at most 16 KiB of recipients.
//
// It holds no name: accounts, recipients, senders and clients are keyed hashes.
//
// Limits: users behind one carrier NAT share a network; a shared mailbox has the
// habits of all who use it.
#pragma once

#include <array>
#include <chrono>
#include <cstdint>

#include "base/time.h"
#include "profile/familiar_networks.h"
#include "profile/habit.h"
#include "profile/origin.h"
#include "profile/recipient_memory.h"

namespace postreeve {

// Counts that fade by days of use, not of the calendar, so that a sleeping account keeps
// its habits: a day counts half after kRateHalfLifeDays more days on which it was used.
inline constexpr double kRateHalfLifeDays = 30;

struct Rates {
  float used_days = 0;    // days with any login or message
  float active_days = 0;  // days with a message sent
  float messages = 0;
  float beside_session = 0;  // messages from a provider from which the mailbox was open lately
  float recipients = 0;
  float new_recipients = 0;
  float delivered = 0;
  float refused = 0;
  float new_networks = 0;
  float new_providers = 0;
  float new_countries = 0;
  float complaints = 0;

  // Lets everything fade by one day of use.
  void fade_day() noexcept;

  friend bool operator==(const Rates&, const Rates&) = default;
};

// The most ever done in one go until yesterday, half forgotten after kPeakHalfLife; as of `updated`. What is
// done today counts from tomorrow on, or a run would be measured by itself.
inline constexpr std::chrono::days kPeakHalfLife{60};

struct Peaks {
  std::uint32_t updated = 0;  // seconds
  float messages_hour = 0;
  float messages_day = 0;
  float recipients_hour = 0;
  float recipients_message = 0;
  // Today's, in the same order, as logarithms (9 % a step), so that they take four bytes.
  std::array<std::uint8_t, 4> today{};

  void fade(Timestamp time) noexcept;
  // Lets what was done before the day of `time` count.
  void turn_day(Timestamp time) noexcept;

  friend bool operator==(const Peaks&, const Peaks&) = default;
};

// So long without a message is sleep, and not a holiday.
inline constexpr std::chrono::days kLongSilence{60};

// Key of a client that gives an address or localhost as its name, or none.
inline constexpr std::uint32_t kNoClientName = 1;

// Client that gives its own public IPv4 address as its name (Origin::client). 2 is kWebmailClient
// (webmail.h).
inline constexpr std::uint32_t kOwnAddressClient = 3;

// Key among the senders of a From display name that carries another address.
inline constexpr std::uint32_t kPretenceKey = 1;

// What holds pointers comes first, so that no byte is lost between the members.
struct AccountProfile {
  FamiliarNetworks networks;
  RecipientMemory known_recipients;

  // Event times in seconds of the first and the latest event learned; first <= last.
  std::uint32_t first_seen = 0;
  std::uint32_t last_seen = 0;
  std::uint32_t last_sent = 0;
  // Events learned, saturating.
  std::uint16_t logins = 0;
  std::uint16_t messages = 0;
  // The latest sleep: its length, and the day that ended it; 0: never slept.
  std::uint16_t slept_days = 0;
  std::uint16_t woke_day = 0;

  HabitTable<4> providers;
  HabitTable<4> countries;
  HabitTable<4> clients;  // EHLO names; kNoClientName for mail without one worth the word
  HabitTable<3> senders;  // envelope and From addresses beside the account's own name
  Rates rates;
  Peaks peaks;

  friend bool operator==(const AccountProfile&, const AccountProfile&) = default;
};

// Learns that the account was used from `origin`. An event older than last_seen is learned
// and does not move last_seen back. A failed login is never learned: an attacker's guesses
// must not become the owner's habit.
void learn_use(AccountProfile& profile, Timestamp time, const Origin& origin, Use use);

// Learns one recipient written to; returns whether it was new.
bool learn_recipient(AccountProfile& profile, std::uint32_t recipient);

// How long the account was silent when it awoke yesterday or today, or has been silent until now.
[[nodiscard]] Duration silence(const AccountProfile& profile, Timestamp now) noexcept;

// What a message adds to the habits of sending.
struct SentMessage {
  std::uint32_t recipients = 0;  // of this message
  std::uint32_t messages_hour = 0;
  std::uint32_t messages_day = 0;
  std::uint32_t recipients_hour = 0;
  std::uint32_t sender = 0;  // keyed hash of the envelope sender when it is not the account's name; else 0
  std::uint32_t header_from = 0;  // likewise of the From address
  bool beside_session = false;
  bool pretends = false;
};
void learn_message(AccountProfile& profile, Timestamp time, const SentMessage& message);

// Learns what a destination answered.
void learn_answer(AccountProfile& profile, bool refused);

// Learns that somebody complained about the owner's mail.
void learn_complaint(AccountProfile& profile);

// How sure the profile is of what it knows, 0 (nothing yet) to 1 (settled: 14 days with 10
// uses, or 10 days with 40): detectors that compare with habits weigh with it.
[[nodiscard]] double confidence(const AccountProfile& profile, Timestamp now) noexcept;

}  // namespace postreeve
