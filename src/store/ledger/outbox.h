// What is to be done because of an incident, outside the mail path: durable rows that a worker takes, tries
// and tries again. The worker and what the kinds mean are the response's (issue 5); here they are words.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/time.h"
#include "finding/standing.h"
#include "mail/account_id.h"
#include "store/ledger/database.h"

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

struct OutboxAction {
  std::string kind;        // [a-z0-9_]{1,64}
  std::string payload;     // JSON, at most kMostPayloadBytes
  Timestamp not_before{};  // when the first attempt is due

  friend bool operator==(const OutboxAction&, const OutboxAction&) = default;
};

struct OutboxRow {
  std::uint64_t id = 0;  // grows in the order in which actions were asked for
  IncidentId incident;
  AccountId account;
  OutboxAction action;  // `not_before` is the next attempt
  OutboxState state{};
  std::uint32_t attempts = 0;  // begun
  Timestamp created{};
  Timestamp finished{};  // done or given up; 1970 before
  std::string error;     // of the latest attempt that failed
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

  // The oldest due actions, which are then taken until `now + lease`: a worker that dies leaves them to the
  // next one (an action is begun at least once). In the order of their ids.
  [[nodiscard]] Result<std::vector<OutboxRow>> take(Timestamp now, Duration lease, std::uint32_t most);
  // kNotFound when the action is finished already or was never there.
  [[nodiscard]] Result<void> done(std::uint64_t id, Timestamp now);
  [[nodiscard]] Result<void> failed(std::uint64_t id, const std::string& error, Timestamp next_attempt);
  [[nodiscard]] Result<void> give_up(std::uint64_t id, const std::string& error, Timestamp now);

  [[nodiscard]] Result<std::vector<OutboxRow>> of_incident(IncidentId incident) const;  // oldest first
  // How many are neither done nor given up.
  [[nodiscard]] Result<std::uint64_t> unfinished() const;

 private:
  LedgerDatabase& database_;
};

}  // namespace postreeve
