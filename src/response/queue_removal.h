// Deletes mail out of the queue, of an incident or of an account, each message copied before. What the action
// "queue_delete" and `postreeve queue delete` have in common.
#pragma once

#include <chrono>
#include <cstddef>
#include <string>
#include <vector>

#include "base/result.h"
#include "finding/standing.h"
#include "response/action_type.h"
#include "response/incident_mail.h"
#include "response/queue_helper_client.h"
#include "store/ledger/database.h"

namespace postreeve {

struct QueueRemovalOptions {
  std::string preserve_folder;  // empty: nothing is copied
  bool only_since = true;
  bool only_client = true;
  bool with_bounces = true;                // also what the thief's mail caused
  std::vector<std::string> evidence = {};  // names of the actions that keep evidence
  // After which no message is copied any more: the attempt has a bound, the queue has none.
  std::chrono::milliseconds time{20'000};
};

// From the keys of an action "queue_delete". kInvalidInput.
[[nodiscard]] Result<QueueRemovalOptions> read_queue_removal(const ActionSettings& settings);

// Whether the account's message is the thief's, as far as the options mind time and place.
[[nodiscard]] bool is_thiefs(const MailInQueue& mail, const IncidentSpan& span,
                             const QueueRemovalOptions& options);

struct Removable {
  MailInQueue mail;
  std::string line;  // names it to the helper: "ID", of a bounce "ID ORIGINAL"
};

// Of the mail in the queue what deleting the incident's mail means: the account's that is on hold and, as far
// as the options say so, came since the first message and from the incident's networks; and the bounces about
// that mail and about `originals`, held or not.
struct RemovableMail {
  std::vector<Removable> messages;
  std::vector<Removable> bounces;
  std::size_t others = 0;  // on hold since then, but from other networks
};
[[nodiscard]] RemovableMail removable_mail(const std::vector<MailInQueue>& queue, const AccountId& account,
                                           BounceOriginals originals, const IncidentSpan& span,
                                           const QueueRemovalOptions& options);

// kConflict while an action that keeps evidence of the incident is neither done nor given up: what it has not
// seen yet would be gone. kUnavailable.
[[nodiscard]] Result<void> check_evidence_is_kept(LedgerDatabase& ledger, IncidentId incident,
                                                  const QueueRemovalOptions& options);

struct QueueRemoval {
  std::vector<QueueResult> results;  // of what was looked at; "not_preserved" of what could not be copied
  std::size_t left = 0;              // there was no time for
  std::string why_not;               // the latest reason why one could not be copied
};
// Copies and deletes in batches, at least one message, until the time is used. What is on hold is deleted.
// kUnavailable when nothing can be written, or the helper does not answer.
[[nodiscard]] Result<QueueRemoval> remove_from_queue(QueueTalk& talk, const QueueRemovalOptions& options,
                                                     IncidentId incident, const std::vector<Removable>& mail);

// kUnavailable "412 deleted, 1900 to go", or how many could not be deleted, unless it is all done.
[[nodiscard]] Result<void> check_removed(const QueueRemoval& removal);
// "; what could not be copied stays on hold: ...; 3 from other networks stay on hold"
[[nodiscard]] std::string remarks_on(const QueueRemoval& removal, std::size_t others);

}  // namespace postreeve
