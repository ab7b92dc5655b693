// What a judged event leaves in the record: recent doings always, habits only when it was
// accepted; where anything is strange about it, a lesson that waits instead.
#pragma once

#include "detect/scene.h"
#include "judge/facts.h"
#include "judge/policy.h"
#include "profile/account_record.h"

namespace postreeve {

// A failed login: guesses are counted when they are not the owner's stale phone.
void note_failed_login(AccountRecord& record, const Facts& facts);

// The doings of the event's side: windows, novelty and refusal sums, places in use.
void note_activity(AccountRecord& record, const Scene& scene, const Facts& facts);

// When an accepted event becomes a habit.
enum class Learning : std::uint8_t {
  kNow,
  kLater,      // after the waiting time: harmless, but from a country of which nothing is known
  kWhenQuiet,  // when nothing suspicious came for the waiting time
  kWhenMoved,  // likewise, or after the waiting time when the owner left his places: only the place is
               // strange
};

// Learns from an accepted event, or keeps it as a lesson. Answers to the owner's mail are always
// learned.
void learn_accepted(AccountRecord& record, const Scene& scene, const Facts& facts, Learning learning);

// Lessons whose waiting time is over are learned; an idle stranger is learned whole and forgotten.
// Nothing is while the account is restricted.
void settle_lessons(AccountRecord& record, Timestamp time, const Ladder& ladder);

}  // namespace postreeve
