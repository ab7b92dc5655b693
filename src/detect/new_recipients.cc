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

// The last day's recipients are left out, or a run would soon be what is usual.
double owner_new(const Scene& scene) noexcept {
  const Rates& rates = scene.record.profile.rates;
  const double today = scene.activity.recipients_day.count(scene.time);
  const double new_today = scene.activity.new_recipients_day.count(scene.time);
  const double n = std::max(0.0, static_cast<double>(rates.recipients) - today);
  const double k = std::clamp(static_cast<double>(rates.new_recipients) - new_today, 0.0, n);
  // The first mails to old friends are new to us, not to the owner: they count half, but for
  // those to whom everybody is new (a shop).
  const double habit = n > 0 ? k * (0.5 + 0.5 * k / n) : 0;
  return std::clamp((habit + 3.0) / (n + 4.0), 0.02, 0.93);
}

}  // namespace

double novelty_step(const Scene& scene, bool is_new) noexcept {
  return std::min(novelty_llr(is_new, owner_new(scene), kThiefNew), kMostNoveltyStep);
}

std::optional<Evidence> weigh_new_recipients(const Scene& scene) {
  if (scene.kind != StepKind::kRecipient || scene.recipient.is_known || scene.recipient.is_retry)
    return std::nullopt;
  const double sum = std::min(kMostNovelty, scene.activity.novelty.s + novelty_step(scene, true));
  const double most = most_at(scene, kMostAtUsualPlace);
  const double nats = std::min(sum - kAllowance, most);
  if (nats <= 0) return std::nullopt;
  const auto fresh = std::int64_t{scene.activity.new_recipients_day.count(scene.time)} + 1;
  const auto all = std::int64_t{scene.activity.recipients_day.count(scene.time)} + 1;
  return make_evidence(Reason::kRecipientsNeverWritten, nats, {fresh, all, 100 * owner_new(scene)});
}

}  // namespace postreeve
