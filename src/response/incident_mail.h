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
#include "response/queue_helper_client.h"
#include "response/task.h"
#include "store/ledger/database.h"

namespace postreeve {

struct IncidentSpan {
  std::uint32_t opened = 0;  // seconds
  std::uint32_t since = 0;   // of the first message that got out before, if one did; else `opened`
  // Where events came from that changed the account's standing: the thief's networks as far as they are
  // known.
  std::set<Prefix> networks;
  bool is_confirmed = false;  // a person said that it was a take-over
};

// As the ledger and the task know it. kUnavailable.
[[nodiscard]] Result<IncidentSpan> span_of_incident(LedgerDatabase& ledger, const Task& task);

[[nodiscard]] bool came_since(const MailInQueue& mail, std::uint32_t seconds);
[[nodiscard]] bool is_from_its_networks(const MailInQueue& mail, const IncidentSpan& span);

// Of a list with bounces: the line with which the helper changes it; "" for a bounce that is about none of
// `originals`, and for what is neither the account's nor a bounce.
[[nodiscard]] std::string helper_line_of(const MailInQueue& mail, const AccountId& account,
                                         const std::set<std::string, std::less<>>& originals);

}  // namespace postreeve
