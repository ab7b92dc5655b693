// What tests of this room share.
#pragma once

#include <chrono>
#include <string>

#include <rapidcheck.h>

#include "base/time.h"
#include "mail/account_id.h"
#include "store/ledger/incident_book.h"

namespace postreeve {

inline constexpr Timestamp kSundayAtThree{Duration{1'772'334'000'000}};  // 2026-03-01T03:00:00Z

// Anna's standing became another one.
inline StandingEntry changed(Level before, Level after) {
  StandingEntry entry;
  entry.account = *AccountId::from_login("anna@shop.example", "");
  entry.change.time = kSundayAtThree;
  entry.change.before.level = before;
  entry.change.after.level = after;
  entry.change.before.incident = {before == Level::kClear ? 0U : 0xabcdU};
  entry.change.after.incident = {0xabcd};
  entry.change.after.until = to_seconds32(kSundayAtThree) + 86'400;
  entry.change.outgo = {.messages = 3, .recipients = 41, .since = to_seconds32(kSundayAtThree) - 60};
  entry.risk = 6.5;
  entry.client = "198.51.100.7";
  entry.author = "postreeve";
  entry.evidence = {
      {.detector = "new_country", .group = "origin", .nats = 4.5, .says = "first login ever from Vietnam"}};
  return entry;
}

// Bytes that mean something to mail, terminals, shells or readers, among others.
inline rc::Gen<std::string> hostile_bytes() {
  const auto piece =
      rc::gen::oneOf(rc::gen::element<std::string>(
                         "\r\nBcc: thief@evil.example\r\n", "\n.\n", "\r\n\r\n", "=?UTF-8?B?", "?=", "\u202e",
                         "\u2066", "\u200f", "\u2028", "{{secret}}", "{{{x}}}", "%s", "\"", "\\",
                         "'; DROP TABLE outbox; --", "<!channel>", "</script>", "\xff\xfe", "\xc3",
                         "$(reboot)", "From ", ".", "ä", "日本", std::string("\0", 1), " ", "\t"),
                     rc::gen::string<std::string>());
  return rc::gen::map(rc::gen::container<std::vector<std::string>>(piece),
                      [](std::vector<std::string> pieces) {
                        std::string bytes;
                        for (const std::string& part : pieces) bytes += part;
                        return bytes;
                      });
}

}  // namespace postreeve
