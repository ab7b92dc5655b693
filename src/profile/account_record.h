// All that is remembered of one account: its profile, its recent doings and its standing.
//
// A value without names. The fixed head is at most 632 bytes; networks, recipients
// and what strangers did come on top, each bounded.
#pragma once

#include <cstdint>
#include <memory>

#include "finding/standing.h"
#include "profile/account_profile.h"
#include "profile/activity.h"
#include "profile/recent_steps.h"
#include "profile/stranger.h"
#include "profile/webmail.h"

namespace postreeve {

// The last use of the account that had a place, to see impossible travel.
struct LastUse {
  std::uint32_t time = 0;  // seconds; 0: none yet
  std::uint16_t country = 0;
  std::int16_t latitude = 0;   // hundredths of a degree
  std::int16_t longitude = 0;  // hundredths of a degree
  std::uint16_t radius_km = 0;
  bool familiar = false;

  friend bool operator==(const LastUse&, const LastUse&) = default;
};

// Wrong passwords for the account from networks it does not know.
struct Guesses {
  WindowCount<kDaySeconds, 6> day;
  std::uint32_t network = 0;        // the latest one that guessed
  std::uint32_t last_password = 0;  // hash of the latest wrong password, so that a stale one counts once
  std::uint16_t from_network = 0;   // how often that one did, with no whole day between
  std::uint16_t last_day = 0;

  friend bool operator==(const Guesses&, const Guesses&) = default;
};

struct AccountRecord {
  AccountProfile profile;
  Standing standing;
  Activity owner;  // at established places, and where nothing is known of places
  RecentSteps recent;
  LastUse last_use;
  Guesses guesses;
  WebmailSession webmail;
  std::uint32_t dismissed = 0;  // seconds: when a person last said the owner was at work
  std::unique_ptr<Stranger> stranger;

  AccountRecord() = default;
  AccountRecord(const AccountRecord& other);
  AccountRecord& operator=(const AccountRecord& other);
  AccountRecord(AccountRecord&&) noexcept = default;
  AccountRecord& operator=(AccountRecord&&) noexcept = default;
  ~AccountRecord() = default;

  friend bool operator==(const AccountRecord& a, const AccountRecord& b);
};

inline constexpr std::size_t kMostRecordHeadBytes = 632;
static_assert(sizeof(AccountRecord) <= kMostRecordHeadBytes);

// The stranger's side of the record, made when it is not there.
Stranger& stranger_of(AccountRecord& record);

// Learns the lessons that waited, as if they had been the owner's, and forgets the stranger.
void adopt_stranger(AccountRecord& record);

// Forgets the lessons that waited and the places they are of, as far as these are not clearly the
// owner's: what a thief taught before anybody suspected him. Recipients stay.
void disown_stranger(AccountRecord& record);

// Asks the processor for the whole head at once: a record that nobody touched for a while is in
// no cache, and waiting for its lines one after the other costs more than judging.
inline void prefetch(const AccountRecord& record) noexcept {
  constexpr std::size_t kLine = 64;
  const char* head = reinterpret_cast<const char*>(&record);
  for (std::size_t offset = 0; offset < sizeof record; offset += kLine) __builtin_prefetch(head + offset);
}

// Learns the harmless lessons from before `until` or of that moment. Requires a stranger.
void adopt_harmless(AccountRecord& record, Timestamp until);

// Learns the lessons from before `until` that only their place speaks against. Requires a stranger.
void adopt_of_place(AccountRecord& record, Timestamp until);

// Bytes of the record with all it holds.
[[nodiscard]] std::size_t memory_bytes(const AccountRecord& record) noexcept;

}  // namespace postreeve
