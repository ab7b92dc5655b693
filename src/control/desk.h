// What the people behind the command line may look at and change: the daemon's parts, handed to the verbs.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "base/result.h"
#include "control/watch_feed.h"
#include "guard/clue_collector.h"
#include "guard/guard.h"
#include "guard/place_counts.h"
#include "response/actions.h"
#include "response/doveadm.h"
#include "response/playbook.h"
#include "response/queue_desk.h"
#include "store/account_store.h"
#include "store/ledger/account_policy_book.h"
#include "store/ledger/activity_book.h"
#include "store/ledger/audit_trail.h"
#include "store/ledger/clue_book.h"
#include "store/ledger/database.h"
#include "store/ledger/hourly_counts.h"
#include "store/ledger/incident_book.h"
#include "store/ledger/list_book.h"
#include "store/ledger/outbox.h"
#include "store/ledger/retention.h"
#include "store/ledger/token_book.h"

namespace postreeve {

// References outlive the desk. Any thread.
struct Desk {
  Guard& guard;
  AccountStore& accounts;
  LedgerDatabase& database;
  IncidentBook& incidents;
  ListBook& lists;
  AccountPolicyBook& policies;
  HourlyCounts& counts;
  ClueBook& clues;
  ClueCollector& strangers;
  const PlaceCounts& places;
  ActivityBook& activity;
  TokenBook& tokens;
  AuditTrail& audit;
  WatchFeed& feed;
  Outbox& outbox;
  const Actions& actions;
  const Playbook& playbook;
  std::string default_domain;
  // Makes the rules anew from the configuration in effect, the lists and the policies.
  std::function<Result<void>()> refresh_rules;
  // Writes everything that is only in memory.
  std::function<Result<void>()> flush;
  // Takes the account's names out of the ledger (store/ledger/retention.h).
  std::function<Result<ForgetReport>(const AccountId& account)> forget;
  // Something was added to the outbox.
  std::function<void()> wake_worker;
  // The mail queue and the mailbox sessions, where the configuration says how they are reached.
  std::optional<QueueDesk> queue = {};
  std::optional<Doveadm> sessions = {};
  // Names the network of an address as records do.
  std::function<std::uint32_t(const IpAddress& address)> network_key = {};
  // A verb broke off by a fault of ours: for the log.
  std::function<void(const std::string& what)> failed = {};
  // What else `status` tells: gates, state, logs; as JSON members.
  std::function<std::string()> more_status;
};

}  // namespace postreeve
