// Incidents with their timeline, and the standings that come of them.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/keyed_hash.h"
#include "base/result.h"
#include "base/time.h"
#include "finding/incident.h"
#include "finding/standing.h"
#include "mail/account_id.h"
#include "store/ledger/database.h"
#include "store/ledger/outbox.h"
#include "store/ledger/timeline.h"

namespace postreeve {

// The author of what no person decided.
inline constexpr std::string_view kOurselves = "postreeve";

// Stored as text: never renamed, never reused.
enum class Outcome : std::uint8_t { kOpen, kConfirmed, kDismissed, kEnded };
[[nodiscard]] std::string_view to_text(Outcome outcome) noexcept;  // "open"

// One finding as it is kept: its words do not change when a later version explains it differently.
struct SaidEvidence {
  std::string detector;
  std::string group;
  double nats = 0;
  std::string says;
};

// What a person says of an incident.
struct IncidentJudgement {
  IncidentId incident;
  Outcome outcome{};                  // confirmed or dismissed
  std::string text;                   // the line of the timeline
  std::vector<OutboxAction> actions;  // what is to be done because of it
};

// A change of an account's standing with all that led to it.
struct StandingEntry {
  AccountId account;
  Hash128 key;  // of the account in learned state
  std::string tenant;
  StandingChange change;
  double risk = 0;
  bool is_observed = false;  // observe mode, or the fuse is out: nothing was restricted
  std::string client;        // where the event came from: address, empty when unknown
  std::string author;        // kOurselves, or the person who decided
  std::string reason;        // the person's words
  std::vector<SaidEvidence> evidence;
  std::vector<OutboxAction> actions;  // what is to be done because of it; in the same transaction
  // Instead of `actions` when the stored standing was only observed: nothing had been done for it yet.
  std::vector<OutboxAction> actions_after_observed;
  // What time brings about: nothing is recorded unless the stored standing is still `change.before`.
  bool needs_stored = false;
  // A person's that brings the change: in the same transaction, so that whoever carries out what the change
  // calls for knows of it. As settle() would, with `author` and the time of the change.
  std::optional<IncidentJudgement> judgement = {};
  // kConflict, and nothing is recorded, when the ledger knows the incident. Not spooled, since only the
  // server knows.
  bool only_if_absent = false;
  // Found in a record by somebody who did not decide it: what it calls for is done where all nodes have this
  // ledger, else by whoever decided.
  bool is_found = false;
};

struct IncidentRow {
  IncidentId id;
  AccountId account;
  std::string tenant;
  Timestamp opened{};
  Timestamp changed{};
  Level level{};  // the most severe so far
  Scope scope{};
  Outcome outcome{};
  bool is_observed = false;
  Outgo outgo;  // what got out before
  double risk = 0;
  std::string first_evidence;  // the weightiest sentence at the opening, or the first there was
  std::string cause;           // how the password went, as a person found out; empty: unknown
  std::string assignee;
};

struct StandingRow {
  AccountId account;
  Hash128 key;
  std::string tenant;
  Standing standing;
  bool is_observed = false;
  Timestamp changed{};
  std::uint64_t version = 0;  // grows with every standing that is set, of whatever account
};

struct IncidentQuery {
  std::optional<Outcome> outcome;
  std::optional<AccountId> account;
  std::optional<Timestamp> since;  // opened then or later
  IncidentId before;               // the last of the page before; unknown: from the newest on
  std::uint32_t most = 100;
};

// Any thread.
class IncidentBook {
 public:
  explicit IncidentBook(LedgerDatabase& database);

  // Standing, incident (made or brought up to date), timeline and actions in one transaction. The incident is
  // that of the standing after the change, else before it; a change without one leaves a standing and nothing
  // else. A change that was recorded before (account, time, level, incident) is done again by doing nothing.
  // One that comes after a later one of the account (change.number) belongs to the history and leaves the
  // standing alone; so does, with several nodes, one that came of a standing which another node had made as
  // severe or more so meanwhile, unless a person decided it, and then nothing is done because of it either.
  void record(StandingEntry entry, LedgerDatabase::Committed done);
  [[nodiscard]] Result<void> record(StandingEntry entry);  // waits

  // The id is given here. kNotFound without the incident; kInvalidInput for details that are no UTF-8 of at
  // most 64 KiB. The text becomes one printable line.
  [[nodiscard]] Result<void> add_entry(TimelineRow entry);
  // Sets the outcome, adds the judgement to the timeline and what is to be done because of it to the outbox,
  // in one transaction. kNotFound.
  [[nodiscard]] Result<void> settle(IncidentJudgement judgement, const std::string& author, Timestamp time);
  // kNotFound.
  [[nodiscard]] Result<void> set_cause(IncidentId incident, const std::string& cause);
  // Who takes care of it, and the line of the timeline that says so, in one transaction. kNotFound, and
  // kInvalidInput as add_entry().
  [[nodiscard]] Result<void> assign(const std::string& assignee, TimelineRow line);

  // Newest first. kNotFound when `query.before` is no incident.
  [[nodiscard]] Result<std::vector<IncidentRow>> find(const IncidentQuery& query) const;
  [[nodiscard]] Result<IncidentRow> get(IncidentId incident) const;                    // kNotFound
  [[nodiscard]] Result<std::vector<TimelineRow>> timeline(IncidentId incident) const;  // oldest first
  // Standings that are not clear: what a start must bring back, whatever the records say.
  [[nodiscard]] Result<std::vector<StandingRow>> standings() const;
  // Those that became clear within the hour before the latest change: records may not know of it yet.
  [[nodiscard]] Result<std::vector<StandingRow>> lifted() const;
  // Those that were set since `version`, in their order, at most `most`: what other nodes did.
  [[nodiscard]] Result<std::vector<StandingRow>> changed_since(std::uint64_t version,
                                                               std::uint32_t most = 10'000) const;
  [[nodiscard]] Result<std::optional<StandingRow>> standing_of(const AccountId& account) const;
  // Whether standings are those of all nodes: the ledger's server is there, and they have told it what they
  // did while it was not.
  [[nodiscard]] bool is_settled() const;

 private:
  [[nodiscard]] LedgerDatabase::Work recording(StandingEntry entry) const;

  // By account, the number of the latest change. The ledger's thread only, which may outlive the book.
  using Newest = std::unordered_map<Hash128, std::uint64_t>;

  LedgerDatabase& database_;
  std::shared_ptr<Newest> newest_;
};

}  // namespace postreeve
