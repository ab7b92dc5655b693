// What an action is told: the change of standing that calls for it, as it is kept in the outbox.
#pragma once

#include <cstdint>
#include <limits>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/time.h"
#include "finding/incident.h"
#include "finding/standing.h"
#include "mail/account_id.h"
#include "store/ledger/incident_book.h"
#include "store/ledger/outbox.h"

namespace postreeve {

enum class Direction : std::uint8_t {
  kCarryOut,
  kUndo,  // the reason is gone: what was changed becomes what it was
};
[[nodiscard]] std::string_view to_text(Direction direction) noexcept;  // "carry_out"

// What it is that is to be told.
enum class About : std::uint8_t {
  kStanding,  // of the account
  kCampaign,  // of many accounts of its tenant at once (tenant_digest.h): told to the tenant's contact only
  // Of no account: nobody else is restricted, and again from now on (fuse_report.h). Told to staff only.
  kFuseOut,
  kFuseBack,
};
[[nodiscard]] std::string_view to_text(About about) noexcept;  // "standing"

// The number of a task that is only rehearsed: later than all that were asked for.
inline constexpr std::uint64_t kNotAskedForYet = std::numeric_limits<std::uint64_t>::max();

struct Task {
  // Of the outbox row: the same at every attempt, so that mails and webhooks carry a stable id.
  std::uint64_t id = 0;
  std::string action;  // its name in the configuration
  IncidentId incident;
  AccountId account;
  std::string receipt;  // what prepare() told: of this action, or of the one that is to be undone

  // From here on: the row's payload.
  Direction direction = Direction::kCarryOut;
  About about = About::kStanding;
  std::string tenant;
  Timestamp time{};  // of the change
  Level before{};
  Level after{};
  Scope scope{};
  std::uint32_t until = 0;   // when the new standing ends by itself (to_seconds32); 0: it does not
  bool is_observed = false;  // observe mode, or the fuse is out: nothing was restricted
  double risk = 0;
  Outgo outgo;
  std::string client;                  // where the deciding event came from: address; empty: unknown
  std::string author;                  // "postreeve", or the person who decided
  std::string reason;                  // the person's words
  std::vector<SaidEvidence> evidence;  // the weightiest first
};

[[nodiscard]] inline bool is_about_the_fuse(const Task& task) noexcept {
  return task.about == About::kFuseOut || task.about == About::kFuseBack;
}

// What came of a change of standing, for the action of that name.
[[nodiscard]] Task task_of(const StandingEntry& entry, std::string action, Direction direction);

// Why, in one line of at most 4,000 bytes: the person's words, or else the weightiest finding; may be empty.
[[nodiscard]] std::string reason_of(const Task& task);

// As a row of the outbox, due at once, and back. kCorrupt for a payload that no task_of() made.
[[nodiscard]] OutboxAction outbox_action(const Task& task);
[[nodiscard]] Result<Task> read_task(const OutboxRow& row);

}  // namespace postreeve
