// What is done with the rows of one action, one after the other.
//
// A carried-out action and its undoing never change places, since rows of one action of one incident are
// begun in their order. What undoing has to know is asked for once and on the disk before anything is
// changed: whatever moment the process dies at, the next one goes on with the first receipt.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "base/time.h"
#include "response/action.h"
#include "response/task.h"
#include "store/ledger/outbox.h"

namespace postreeve {

// What came of one attempt.
struct ActionNews {
  enum class Outcome : std::uint8_t {
    kDone,
    kFailed,   // tried again later
    kGivenUp,  // nothing more happens by itself
  };

  OutboxRow row;
  Direction direction{};
  Outcome outcome{};
  std::string says;          // what was done, or why it was not
  Timestamp next_attempt{};  // of kFailed
  bool is_first_failure = false;
};
[[nodiscard]] std::string_view to_text(ActionNews::Outcome outcome) noexcept;  // "done"

struct LaneParts {
  Outbox& outbox;
  std::function<Timestamp()> clock;
  Duration give_up_after{};
  std::function<void(const ActionNews&)> tell = {};  // from the lane's thread
};

// How long an attempt, which is prepare() and carry_out(), may be under way before its row is somebody
// else's.
inline constexpr Duration kLease = 2 * ResponseAction::kMostTime + std::chrono::seconds{30};

// How long after the attempt of that number (from 1) that failed the next one is due: a second, doubling to
// ten minutes, and from half to all of it, so that what failed together does not come back together.
[[nodiscard]] Duration pause_after(std::uint32_t attempts, std::uint64_t id);

// One thread at a time.
class Lane {
 public:
  // `action` may be null: the configuration knows it no more, and its rows are given up.
  Lane(std::string name, ResponseAction* action, LaneParts parts)
      : name_(std::move(name)), action_(action), parts_(std::move(parts)) {}

  // Makes one attempt at the oldest row that is due; false when none is. Blocks as long as the action does.
  // kUnavailable when the ledger cannot be written: whatever was done is done again once it can.
  [[nodiscard]] Result<bool> step();

 private:
  [[nodiscard]] Result<std::string> attempt(const OutboxRow& row, Direction& direction);
  [[nodiscard]] Result<std::string> carry_out(Task& task, const OutboxRow& row);
  [[nodiscard]] Result<std::string> undo(Task& task, const OutboxRow& row);
  // receipts.h
  [[nodiscard]] Result<std::optional<std::string>> earlier_receipt(const OutboxRow& row);
  [[nodiscard]] Result<void> note(ActionNews news);
  [[nodiscard]] ActionNews news_of(OutboxRow row, Direction direction,
                                   const Result<std::string>& result) const;

  std::string name_;
  ResponseAction* action_;
  LaneParts parts_;
};

}  // namespace postreeve
