// Where mail comes from that was written in the webmail: the web server hands it in, only the
// logins to the webmail show the places.
#pragma once

#include <chrono>
#include <cstdint>

#include "base/time.h"
#include "profile/origin.h"

namespace postreeve {

struct AccountRecord;

// A login to the webmail is good for so long: servers end idle sessions earlier, and renewed ones
// seldom tell.
inline constexpr std::chrono::hours kWebmailSession{12};

// Client of mail that was written in the webmail (Origin::client).
inline constexpr std::uint32_t kWebmailClient = 2;

// The latest webmail session from a place of the owner's, in few bytes.
struct WebmailSession {
  std::uint32_t network = 0;  // 0: none
  std::uint32_t provider = 0;
  std::uint16_t country = 0;
  std::uint16_t hour = 0;  // since the epoch, without its higher bits: it comes again after seven years

  friend bool operator==(const WebmailSession&, const WebmailSession&) = default;
};

// Notes a login to the webmail. Requires a known origin. A place that the account would not send
// from is kept with the stranger.
void note_webmail_login(AccountRecord& record, const Origin& origin, Timestamp time);

// The riskiest place with a live session, its client being kWebmailClient; unknown without one. A
// stranger's goes before the owner's, unless the owner has long read from there (a new office) and
// came from his usual place since.
[[nodiscard]] Origin webmail_origin(const AccountRecord& record, Timestamp time);

}  // namespace postreeve
