// The answer to one event.
#pragma once

#include <cstdint>
#include <string_view>

#include "finding/evidence.h"
#include "finding/standing.h"

namespace postreeve {

// In the order of severity.
enum class Action : std::uint8_t {
  kAccept,
  kDefer,   // 4xx: try again later
  kDivert,  // accepted, sent through another transport
  kHold,    // accepted into the hold queue
  kReject,  // 5xx
};
[[nodiscard]] std::string_view to_text(Action action) noexcept;  // "accept"

// The reply's code, enhanced status and text, one of a fixed table.
enum class Reply : std::uint8_t {
  kNone,
  kSlowed,             // 451 4.7.1
  kFlood,              // 450 4.7.28
  kTooManyRecipients,  // 452 4.5.3
  kAbused,             // 451 4.7.1
  kDisabled,           // 525 5.7.13
  kPolicy,             // 554 5.7.1
};
// "451 4.7.1 Too many new recipients from an unfamiliar place; try again later"; "" for kNone.
[[nodiscard]] std::string_view to_text(Reply reply) noexcept;

struct Verdict {
  Action action = Action::kAccept;
  Reply reply = Reply::kNone;
  // Number of the configured limit that was exceeded (its place in the file, from 1); 0 for none.
  std::uint16_t limit = 0;
  // Log-odds that the account is in other hands, in nats, after this event.
  float risk = 0;
  Standing standing;
  // What is restricted where this event came from: the standing's level where its scope reaches there, and a
  // milder one where only strangers are restricted and what is found there calls for that.
  Level in_force = Level::kClear;
  EvidenceList evidence;

  [[nodiscard]] bool in_scope() const noexcept { return is_restriction(in_force); }
};

}  // namespace postreeve
