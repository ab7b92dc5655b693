// Which messages in the queue belong to an incident.
//
// Limits: the mail server's file and our event know a message by times of their own, up to a few seconds (a
// large message: minutes) apart; two minutes of slack are given, and mail of the owner's from these two
// minutes is taken for the thief's. What is from which network is told apart by IPv4 /24 and IPv6 /48.
#pragma once

#include <cstdint>
#include <set>
#include <string>
#include <vector>

#include "base/result.h"
#include "net/prefix.h"
#include "response/account_places.h"
#include "response/queue_helper_client.h"
#include "response/task.h"
#include "store/ledger/database.h"
#include "store/ledger/incident_book.h"

namespace postreeve {

struct IncidentSpan {
  std::uint32_t opened = 0;  // seconds
  std::uint32_t since = 0;   // of the first message that got out before, if one did; else `opened`
  // Where events came from that changed the account's standing, and where else the stranger was seen
  // (store/ledger/clue_book.h) but at places that the account has long sent from: the thief's networks as far
  // as they are known.
  std::set<Prefix> networks;
  Outcome outcome{};         // what a person said of it
  bool is_observed = false;  // nothing was ever restricted: our gate held nothing
  // The first message of the account's next incident that is not dismissed; 0: there is none.
  std::uint32_t next = 0;
};

// As the ledger and the task know it. Without `places` what clues tell is left out: in a restricted account
// they are of the owner, too. kUnavailable.
[[nodiscard]] Result<IncidentSpan> span_of_incident(LedgerDatabase& ledger, const Task& task,
                                                    const AccountPlaces& places);

// Of the incident by its time: what came since the account's next one is that one's.
[[nodiscard]] bool came_before_the_next(const MailInQueue& mail, const IncidentSpan& span);
[[nodiscard]] bool came_since(const MailInQueue& mail, std::uint32_t seconds);
[[nodiscard]] bool is_from_its_networks(const MailInQueue& mail, const IncidentSpan& span);

// What bounces may be about.
struct BounceOriginals {
  using Texts = std::set<std::string, std::less<>>;

  Texts certain;  // queue IDs of the account's mail
  // The stranger's mail as it was seen before it left the queue: queue IDs, which some servers use again, and
  // Message-IDs (in <>), which the sender chooses. So they count only in a bounce to one of `senders`.
  Texts gone;
  Texts senders;  // of that mail, lower-cased
};

// What the clues of the incident tell of mail that may be gone (store/ledger/clue_book.h). kUnavailable.
[[nodiscard]] Result<BounceOriginals> originals_of_incident(LedgerDatabase& ledger, const Task& task);

// Of a list with bounces: the line with which the helper changes it; "" for a bounce that is about none of
// `originals`, and for what is neither the account's nor a bounce.
[[nodiscard]] std::string helper_line_of(const MailInQueue& mail, const AccountId& account,
                                         const BounceOriginals& originals);

}  // namespace postreeve
