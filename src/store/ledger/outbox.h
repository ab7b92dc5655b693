// What is to be done because of an incident, outside the mail path: durable rows that a worker takes, tries
// and tries again. The worker and what the kinds mean are the room response's; here they are words.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/time.h"
#include "finding/standing.h"
#include "mail/account_id.h"
#include "store/ledger/database.h"
#include "store/ledger/timeline.h"

namespace postreeve {

// Stored as text: never renamed, never reused.
enum class OutboxState : std::uint8_t {
  kWaiting,  // for its next attempt
  kTaken,    // a worker is at it; due again when its time has passed
  kDone,
  kGivenUp,
};
[[nodiscard]] std::string_view to_text(OutboxState state) noexcept;  // "waiting"

inline constexpr std::size_t kMostPayloadBytes = 1024UL * 1024;
inline constexpr std::size_t kMostReceiptBytes = 65UL * 1024;

struct OutboxAction {
  std::string kind;        // [a-z0-9_]{1,64}
  std::string payload;     // JSON, at most kMostPayloadBytes
  Timestamp not_before{};  // when the first attempt is due

  friend bool operator==(const OutboxAction&, const OutboxAction&) = default;
};

struct OutboxRow {
  std::uint64_t id = 0;  // grows in the order in which actions were asked for
  IncidentId incident;
  AccountId account;    // empty: it is about none
  OutboxAction action;  // `not_before` is the next attempt
  OutboxState state{};
  std::uint32_t attempts = 0;  // begun
  // When it was asked for; if nobody could try it for longer than a minute, a minute before the first
  // attempt: giving up counts from here.
  Timestamp created{};
  Timestamp finished{};  // done or given up; 1970 before
  std::string error;     // of the latest attempt that failed
  std::string receipt;   // what undoing has to know
  std::string says;      // what was done, in one sentence
};

// Any thread.
class Outbox {
 public:
  explicit Outbox(LedgerDatabase& database) : database_(database) {}

  // Adds actions within a write of somebody else. kInvalidInput for a kind or payload that is none.
  [[nodiscard]] static Result<void> insert(soci::session& session, IncidentId incident,
                                           const AccountId& account, const std::vector<OutboxAction>& actions,
                                           Timestamp now);
  [[nodiscard]] Result<void> add(IncidentId incident, const AccountId& account,
                                 std::vector<OutboxAction> actions, Timestamp now);

  // The oldest due action of the kind, which is then taken until `now + lease`: a worker that dies leaves it
  // to the next one (an action is begun at least once).
  //
  // Those that failed before come after those that were never tried. Those of one incident begin in the order
  // of their ids. One that failed is waited for by others of its kind only, so that a backend that is down
  // holds up nothing else; one that nobody could try yet, by others for a minute after it was asked for; one
  // that was put off when it was added (`not_before`), by nobody before it is due. None until the ledger is
  // settled (LedgerDatabase::is_settled): a node that was cut off may have carried it out.
  [[nodiscard]] Result<std::optional<OutboxRow>> take(const std::string& kind, Timestamp now, Duration lease);
  // On the disk when it returns. kNotFound as below, kInvalidInput for what is no UTF-8 of at most
  // kMostReceiptBytes.
  [[nodiscard]] Result<void> keep_receipt(std::uint64_t id, const std::string& receipt);
  // Those that were taken by this node's workers, which are surely gone, are due at `now`: after a start.
  // Attempts that were begun count.
  [[nodiscard]] Result<void> take_back(Timestamp now);
  // What came of it, and in the same transaction the line (an action's) that tells so in the incident's
  // timeline, if the incident is still there and has its names. kNotFound when the action is finished already
  // or was never there.
  using Line = std::optional<TimelineRow>;
  [[nodiscard]] Result<void> done(std::uint64_t id, const std::string& says, Timestamp now,
                                  const Line& line = {});
  [[nodiscard]] Result<void> failed(std::uint64_t id, const std::string& error, Timestamp next_attempt,
                                    const Line& line = {});
  [[nodiscard]] Result<void> give_up(std::uint64_t id, const std::string& error, Timestamp now,
                                     const Line& line = {});
  // One that was given up, or waits for its next attempt, is due at `now`. kNotFound when it is done or was
  // never there.
  [[nodiscard]] Result<void> retry(std::uint64_t id, Timestamp now);

  [[nodiscard]] Result<std::vector<OutboxRow>> of_incident(IncidentId incident) const;  // oldest first
  [[nodiscard]] Result<OutboxRow> get(std::uint64_t id) const;                          // kNotFound
  // Those of the kind that were asked for at `since` or later, oldest first.
  [[nodiscard]] Result<std::vector<OutboxRow>> of_kind(const std::string& kind, Timestamp since) const;
  // The newest that is about no account; nullopt without one.
  [[nodiscard]] Result<std::optional<OutboxRow>> latest_without_account() const;
  // Neither done nor given up, and given up if so wished; oldest first.
  [[nodiscard]] Result<std::vector<OutboxRow>> open(bool with_given_up, std::uint32_t most) const;
  // The kinds of which something is due at `now`, though perhaps waited for by what came earlier.
  [[nodiscard]] Result<std::vector<std::string>> due_kinds(Timestamp now) const;
  // How many of the kind were done at `since` or later, and say so in words that begin so.
  [[nodiscard]] Result<std::uint64_t> done_since(const std::string& kind, Timestamp since,
                                                 const std::string& says) const;
  // How many are neither done nor given up.
  [[nodiscard]] Result<std::uint64_t> unfinished() const;

 private:
  LedgerDatabase& database_;
};

}  // namespace postreeve
