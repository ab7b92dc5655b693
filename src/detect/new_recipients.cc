// New recipients: a CUSUM over recipients, S = max(0, S + llr).
//
// Distinct recipients, not volume, are the signal: on the day of a hijack mail grows by
// a quarter, distinct recipients to seven times (Google 2014). The owner's probability
// of writing to somebody new is the account's own share (75 % before the first mail, then
// between 2 % and 93 %: a shop writes to strangers only), so outward-facing people accuse
// themselves less. The weight is the sum itself, less 1 for having waited for the worst moment.
//
// But for strangers at most 3 nats, less while the account is young: everybody writes to a
// list of strangers once.
//
// Limits: lateral phishing to the victim's own contacts is no novelty; a shop's thief
// hides among new recipients.
#include "detect/new_recipients.h"

#include <algorithm>

#include "detect/detectors.h"
#include "detect/excess.h"
#include "sketch/cusum.h"

namespace postreeve {
namespace {

constexpr double kThiefNew = 0.95;
constexpr double kAllowance = 1.0;
constexpr double kMostAtUsualPlace = 3.0;

double owner_new(const AccountProfile& profile) noexcept {
  const double k = profile.rates.new_recipients;
  const double n = profile.rates.recipients;
  // The first mails to old friends are new to us, not to the owner: they count half, but for
  // those to whom everybody is new (a shop).
  const double habit = n > 0 ? k * (0.5 + 0.5 * k / n) : 0;
  return std::clamp((habit + 3.0) / (n + 4.0), 0.02, 0.93);
}

}  // namespace

double novelty_step(const AccountProfile& profile, bool is_new) noexcept {
  return std::min(novelty_llr(is_new, owner_new(profile), kThiefNew), kMostNoveltyStep);
}

std::optional<Evidence> weigh_new_recipients(const Scene& scene) {
  if (scene.kind != StepKind::kRecipient || scene.recipient.is_known || scene.recipient.is_retry)
    return std::nullopt;
  const AccountProfile& profile = scene.record.profile;
  const double sum = std::min(kMostNovelty, scene.activity.novelty.s + novelty_step(profile, true));
  const double most = most_at(scene, kMostAtUsualPlace);
  const double nats = std::min(sum - kAllowance, most);
  if (nats <= 0) return std::nullopt;
  const auto fresh = std::int64_t{scene.activity.new_recipients_day.count(scene.time)} + 1;
  const auto all = std::int64_t{scene.activity.recipients_day.count(scene.time)} + 1;
  return make_evidence(Reason::kRecipientsNeverWritten, nats, {fresh, all, 100 * owner_new(profile)});
}

}  // namespace postreeve
