// The step of the refusal sum, shared by the detector that weighs it and by the judge
// that notes it.
#pragma once

#include "base/time.h"
#include "detect/scene.h"
#include "profile/account_profile.h"

namespace postreeve {

// Whether an answer counts as a refusal: a bounce whose code is not a transient one. 4.x.x are
// greylisting or a full mailbox; they never count.
[[nodiscard]] bool is_refusal(DeliveryStatus status, const EnhancedStatus& dsn) noexcept;

// The log ratio of one answer: refusals at rate 30 % (a spam list) against the account's own
// rate, or what others get from this destination in the same hour if that is higher. A
// refusal for policy (x.7.x) adds half a nat.
[[nodiscard]] double refusal_step(const AccountProfile& profile, const AnswerFacts& answer) noexcept;

inline constexpr double kMostRefusalSum = 12.0;

}  // namespace postreeve
