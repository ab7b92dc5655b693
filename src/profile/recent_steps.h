// The last steps of an account with their answers, so that a repeated request gets
// the same answer and a client's later retry is no new mail.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <optional>

#include "base/time.h"
#include "finding/verdict.h"

namespace postreeve {

// How long after our own 4xx the same mail counts as a retry: clients keep trying for days.
inline constexpr std::chrono::days kRetryMemory{5};

struct RecentStep {
  std::uint32_t step = 0;  // hash of transaction, stage and recipient
  std::uint32_t mail = 0;  // hash of stage, sender and recipients, whatever the transaction
  std::uint32_t time = 0;  // seconds; 0 marks an empty place
  Action action = Action::kAccept;
  Reply reply = Reply::kNone;

  friend bool operator==(const RecentStep&, const RecentStep&) = default;
};

class RecentSteps {
 public:
  static constexpr std::size_t kSteps = 5;

  // The answer to this very step, if it was asked before.
  [[nodiscard]] std::optional<RecentStep> find_step(std::uint32_t step) const noexcept {
    for (std::size_t i = 0; i < kSteps; ++i) {
      if (times_[i] != 0 && steps_[i] == step)
        return RecentStep{steps_[i], mails_[i], times_[i], actions_[i], replies_[i]};
    }
    return std::nullopt;
  }

  // Whether this mail was deferred by us within kRetryMemory before `now`.
  [[nodiscard]] bool is_retry(std::uint32_t mail, Timestamp now) const noexcept {
    for (std::size_t i = 0; i < kSteps; ++i) {
      const bool deferred = times_[i] != 0 && mails_[i] == mail && actions_[i] == Action::kDefer;
      if (deferred && now - from_seconds32(times_[i]) < kRetryMemory) return true;
    }
    return false;
  }

  void add(const RecentStep& step) noexcept {
    steps_[next_] = step.step;
    mails_[next_] = step.mail;
    times_[next_] = std::max(step.time, 1U);
    actions_[next_] = step.action;
    replies_[next_] = step.reply;
    next_ = static_cast<std::uint8_t>((next_ + 1) % kSteps);
  }

  friend bool operator==(const RecentSteps&, const RecentSteps&) = default;

  // What is kept on a disk (base/field_archive.h).
  template <typename Self, typename Archive>
  static void fields(Self& self, Archive& archive) {
    auto& [steps, mails, times, actions, replies, next] = self;
    archive(steps, mails, times);
    for (auto& action : actions) archive.up_to(action, Action::kReject);
    for (auto& reply : replies) archive.up_to(reply, Reply::kPolicy);
    archive.up_to(next, std::uint8_t{kSteps - 1});
  }

 private:
  // Side by side, not as RecentStep: it saves 12 bytes of every record.
  std::array<std::uint32_t, kSteps> steps_{};
  std::array<std::uint32_t, kSteps> mails_{};
  std::array<std::uint32_t, kSteps> times_{};
  std::array<Action, kSteps> actions_{};
  std::array<Reply, kSteps> replies_{};
  std::uint8_t next_ = 0;
};

}  // namespace postreeve
