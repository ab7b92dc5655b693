// The last steps of an account with their answers, so that a repeated request gets
// the same answer and a client's later retry is no new mail.
#pragma once

#include <array>
#include <cstdint>

#include "base/time.h"
#include "finding/verdict.h"

namespace postreeve {

// How long after our own 4xx the same mail counts as a retry: clients keep trying for days.
inline constexpr std::chrono::days kRetryMemory{5};

struct RecentStep {
  std::uint32_t step = 0;  // hash of transaction, stage and recipient
  std::uint32_t mail = 0;  // hash of stage, sender and recipient, whatever the transaction
  std::uint32_t time = 0;  // seconds; 0 marks an empty place
  Action action = Action::kAccept;
  Reply reply = Reply::kNone;

  friend bool operator==(const RecentStep&, const RecentStep&) = default;
};

class RecentSteps {
 public:
  static constexpr std::size_t kSteps = 5;

  // The answer to this very step, if it was asked before; nullptr otherwise.
  [[nodiscard]] const RecentStep* find_step(std::uint32_t step) const noexcept {
    for (const RecentStep& s : steps_) {
      if (s.time != 0 && s.step == step) return &s;
    }
    return nullptr;
  }

  // Whether this mail was deferred by us within kRetryMemory before `now`.
  [[nodiscard]] bool is_retry(std::uint32_t mail, Timestamp now) const noexcept {
    for (const RecentStep& s : steps_) {
      if (s.time != 0 && s.mail == mail && s.action == Action::kDefer &&
          now - from_seconds32(s.time) < kRetryMemory) {
        return true;
      }
    }
    return false;
  }

  void add(const RecentStep& step) noexcept {
    steps_[next_] = step;
    if (steps_[next_].time == 0) steps_[next_].time = 1;
    next_ = static_cast<std::uint8_t>((next_ + 1) % kSteps);
  }

  friend bool operator==(const RecentSteps&, const RecentSteps&) = default;

 private:
  std::array<RecentStep, kSteps> steps_{};
  std::uint8_t next_ = 0;
};

}  // namespace postreeve
