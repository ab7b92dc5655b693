// Who stands at the mail server's door: Postreeve's engine, or the rule of a neighbour.
//
// Both are asked in the order of time and answer with a ruling that is good until
// the next call.
#pragma once

#include <span>
#include <vector>

#include "engine/message.h"
#include "finding/evidence.h"
#include "finding/incident.h"
#include "lab/sink.h"
#include "mail/event.h"

namespace postreeve::lab {

struct Ruling {
  std::vector<Fate> fates;  // of each recipient of a submission
  EvidenceList evidence;
  std::vector<StandingChange> changes;
  Standing standing;
  float risk = 0;
};

// What an outcome means to the client, recipient by recipient.
void fates_from(const MessageOutcome& outcome, std::vector<Fate>& fates);

class Door {
 public:
  Door() = default;
  Door(const Door&) = delete;
  Door& operator=(const Door&) = delete;
  virtual ~Door() = default;

  // Anything but a submission.
  virtual const Ruling& observe(const Event& event) = 0;
  virtual const Ruling& submit(const Submission& submission) = 0;
};

}  // namespace postreeve::lab
