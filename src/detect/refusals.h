// The step of the refusal sum, shared by the detector that weighs it and by the judge
// that notes it.
#pragma once

#include "base/time.h"
#include "detect/scene.h"
#include "profile/account_profile.h"

namespace postreeve {

// Whether an answer counts as a refusal: permanent, and not about the sender's server.
// 4xx are greylisting or a full mailbox; they never count.
[[nodiscard]] bool is_refusal(DeliveryStatus status, const EnhancedStatus& dsn) noexcept;

// The log ratio of one answer: refusals at rate 30 % (a spam list) against the account's own
// rate, or what everybody gets from this destination in the same hour if that is higher.
[[nodiscard]] double refusal_step(const AccountProfile& profile, const AnswerFacts& answer) noexcept;

inline constexpr double kMostRefusalSum = 12.0;

}  // namespace postreeve
