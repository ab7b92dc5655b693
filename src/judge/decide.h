// The exact step on one account's record: weigh, judge, answer, learn.
//
// Pure: the same record, facts and policy give the same verdict and the same record on
// any machine. No clock, no I/O, no lock. Runs inside AccountStore::update and may
// run twice there.
#pragma once

#include <optional>

#include "finding/incident.h"
#include "finding/verdict.h"
#include "judge/facts.h"
#include "judge/policy.h"
#include "net/location.h"
#include "profile/account_record.h"

namespace postreeve {

// What one event came to. A caller reuses the object, so that nothing is allocated.
struct Decision {
  Verdict verdict;
  std::optional<StandingChange> change;
  // The request was answered before (Postfix repeats itself): nothing was counted or learned.
  bool repeated = false;
  // The event was a stranger's: at a place, or about a message, that is none of the owner's.
  bool of_stranger = false;
  // Where the event came from, seen from the account, and whether its network and its client were
  // not yet used today: what the shared counters learn of it.
  Side side = Side::kUnsettled;
  bool network_first_today = false;
  bool client_first_today = false;
  CountryCode country;  // of where the event came from; of a webmail's mail, of the session's place
  // The account was never used from this country before, and that was learned.
  bool learned_country = false;
};

// Makes it the answer to an event that says nothing: accepted, nothing found.
void reset(Decision& decision);

// Judges one login, recipient, message, delivery, scan, setting or complaint.
void decide(AccountRecord& record, const Facts& facts, const Policy& policy, Decision& decision);

// The credentials were changed: ends a containment (probation follows) and forgets the thief. A change from
// before the containment, told late, ends nothing.
void apply_credential_change(AccountRecord& record, Timestamp time, const Policy& policy, Decision& decision);

// A person judged: a confirmed take-over is suspended and nothing of it learned; after a
// dismissal the account is clear, what was taken for a thief's is the owner's habit, and more
// evidence is needed for some weeks.
void apply_judgement(AccountRecord& record, const Hash128& account, const Judgement& judgement,
                     const Policy& policy, Decision& decision);

}  // namespace postreeve
