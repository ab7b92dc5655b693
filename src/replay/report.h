// What a replay found, as plain values: the report before it is printed (report_table.h, report_json.h).
//
// Lists are sorted, what matters most first, ties by name, so that the same input gives the same bytes.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/time.h"
#include "finding/evidence.h"
#include "finding/standing.h"
#include "finding/verdict.h"
#include "intake/history.h"
#include "net/location.h"
#include "net/prefix.h"

namespace postreeve {

// One take-over as far as it is known.
struct IncidentReport {
  std::string account;
  IncidentId incident;
  Timestamp opened{};
  Level standing = Level::kClear;  // the worst
  std::uint32_t messages_out = 0;  // stolen messages that got out, before and after it was opened
  std::uint32_t recipients_out = 0;
  std::optional<Timestamp>
      first_stolen;                     // first message from an origin found to be suspicious, let out or not
  std::optional<Timestamp> stepped_in;  // first message that was deferred, held, diverted or rejected
  std::uint32_t at_message = 0;  // its number, the first stolen message being 1; 0 when none was touched
  std::uint32_t at_recipient = 0;
  std::uint32_t messages_touched = 0;  // stolen ones that were deferred, held, diverted or rejected
  float risk = 0;                      // the highest
  std::vector<Prefix> networks;        // in the order in which they appeared
  std::vector<CountryCode> countries;  // known ones, likewise
  std::vector<Evidence> evidence;      // strongest first, one a detector, all against the owner
};

// An account whose mail was touched although nothing showed it to be in other hands.
struct RestrictedReport {
  std::string account;
  Action action = Action::kAccept;  // the most severe
  Level standing = Level::kClear;   // the worst, at most slowed
  IncidentId incident;
  std::uint32_t messages = 0;  // deferred, held, diverted or rejected
  Timestamp since{};
  std::string limit;  // name of the limit exceeded first; empty for none
  std::vector<Evidence> evidence;
};

struct SenderReport {
  std::string account;
  std::uint64_t messages = 0;
  std::uint64_t recipients = 0;
};

struct GuessingReport {
  Prefix network;  // IPv4 /24 or IPv6 /48
  CountryCode country;
  std::uint64_t failures = 0;
  std::uint64_t accounts = 0;  // distinct names tried
};

struct RefusalReport {
  std::string name;  // an account, or a destination's domain
  std::uint64_t delivered = 0;
  std::uint64_t refused = 0;

  [[nodiscard]] double rate() const {
    const auto all = delivered + refused;
    return all == 0 ? 0 : static_cast<double>(refused) / static_cast<double>(all);
  }
};

struct EventCounts {
  std::uint64_t login = 0;
  std::uint64_t submission = 0;
  std::uint64_t delivery = 0;
  std::uint64_t other = 0;  // scans, changes of credentials, judgements

  [[nodiscard]] std::uint64_t all() const noexcept { return login + submission + delivery + other; }
};

// What does not depend on the policy.
struct TrafficReport {
  EventCounts events;
  std::optional<Timestamp> first;
  std::optional<Timestamp> last;
  std::uint64_t accounts = 0;  // that logged in or sent; names that only failed to are not counted
  std::vector<SenderReport> top_senders;
  std::vector<GuessingReport> guessing;
  std::vector<RefusalReport> refusals_by_account;
  std::vector<RefusalReport> refusals_by_destination;
};

// What one policy made of it.
struct JudgementReport {
  std::vector<IncidentReport> incidents;  // in the order of opening
  std::vector<RestrictedReport> restricted;
  std::uint64_t observed_only = 0;     // restrictions that the fuse kept back
  std::uint64_t messages_touched = 0;  // deferred, held, diverted or rejected
};

struct Report {
  TrafficReport traffic;
  JudgementReport judgement;
  HistoryCounts lines;
  std::vector<HistoryProblem> problems;
  double seconds = 0;
};

}  // namespace postreeve
