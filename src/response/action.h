// One thing that is done outside the mail path because an account's standing changed: a flag set, sessions
// ended, mail held, somebody told. One class a kind of action, in a file of its own.
//
// The worker (worker.h) calls prepare(), keeps what it returned on the disk, then calls carry_out(). Each may
// be called again after a crash at any moment, from one thread at a time. They block, and must end by
// themselves within ResponseAction::kMostTime each, whatever the other side does.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

#include "base/result.h"
#include "response/task.h"

namespace postreeve {

// Whom an action touches. In observe mode only staff hears of anything.
enum class Audience : std::uint8_t { kSystems, kStaff, kCustomers };

// Not to be taken for Action (finding/verdict.h), which a mail server is told.
class ResponseAction {
 public:
  static constexpr std::chrono::seconds kMostTime{30};

  ResponseAction() = default;
  ResponseAction(const ResponseAction&) = delete;
  ResponseAction& operator=(const ResponseAction&) = delete;
  virtual ~ResponseAction() = default;

  [[nodiscard]] virtual Audience audience() const noexcept = 0;
  // Whether undo() gives anything back; a notice that was sent cannot be called back.
  [[nodiscard]] virtual bool has_undo() const noexcept { return false; }
  // Whether undo() keeps something back as long as nobody has judged the incident. It is asked once more when
  // the incident is dismissed, with the receipt of the first carrying out; with an empty one where it was
  // never carried out.
  [[nodiscard]] virtual bool undo_awaits_judgement() const noexcept { return false; }

  // What would be done, in one sentence: "set abused=TRUE in ldap://127.0.0.1 for uid=anna". Changes
  // nothing, and may ask nobody.
  [[nodiscard]] virtual std::string preview(const Task& task) const = 0;

  // The same as of now, for people: asks, but changes nothing, and may take as long as an attempt.
  // task.receipt is that of the latest carrying out; `judged`: as if the incident had been judged so. Any
  // thread, beside all else.
  [[nodiscard]] virtual std::string rehearse(const Task& task, std::optional<Outcome> judged) const;

  // The file that carrying it out leaves behind; empty: none. Any thread.
  [[nodiscard]] virtual std::string file_of(const Task& task) const;

  // What undo() will have to know: read before anything is changed, at most kMostPreparedBytes (receipts.h)
  // of UTF-8.
  [[nodiscard]] virtual Result<std::string> prepare(const Task& task);

  // Does it, in full, however often it was begun before; returns what was done as a sentence for the
  // timeline. kUnavailable and kConflict: try again later. All else: never will work, and of a first attempt
  // (but for kLimitExceeded) that nothing was changed, so that it is not undone.
  [[nodiscard]] virtual Result<std::string> carry_out(const Task& task) = 0;

  // Restores what task.receipt says, as often as it is asked; what somebody else changed meanwhile stays.
  [[nodiscard]] virtual Result<std::string> undo(const Task& task);
};

inline std::string ResponseAction::file_of(const Task&) const {
  return {};
}

inline std::string ResponseAction::rehearse(const Task& task, std::optional<Outcome>) const {
  return preview(task);
}

inline Result<std::string> ResponseAction::prepare(const Task&) {
  return std::string{};
}

inline Result<std::string> ResponseAction::undo(const Task&) {
  return std::string("there is nothing to undo");
}

}  // namespace postreeve
