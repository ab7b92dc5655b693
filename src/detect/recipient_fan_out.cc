// Recipient fan-out: more recipients in one message, or within an hour, than ever.
//
// Of honest messages 0.23 % have more than 20 recipients, spam runs 20-50 each. The
// weight is that of excess.h beside the account's own peaks; up to 20 in one message and
// 40 an hour at a usual place accuse nobody, at a strange one 8 and 15. But for strangers the
// weight is at most 2.5 nats, less while the account is young.
//
// Limits: a newsletter's thief has room below the newsletter's own peak.
#include <algorithm>

#include "detect/detectors.h"
#include "detect/excess.h"
#include "detect/strangeness.h"

namespace postreeve {
namespace {

struct Floors {
  double message;
  double hour;
};
constexpr Floors kUsualPlace{20, 40};
constexpr Floors kStrangePlace{8, 15};
constexpr double kMostAtUsualPlace = 2.5;
constexpr double kByHand = 40;
constexpr double kHourDays = 1.0 / 8;  // an hour of an eight-hour day

Floors floors_at(const Scene& scene) {
  return {by_strangeness(scene, kUsualPlace.message, kStrangePlace.message),
          by_strangeness(scene, kUsualPlace.hour, kStrangePlace.hour)};
}

}  // namespace

std::optional<Evidence> weigh_recipient_fan_out(const Scene& scene) {
  if (scene.kind != StepKind::kRecipient || scene.recipient.is_retry) return std::nullopt;
  const Floors floors = floors_at(scene);
  const auto in_message = static_cast<double>(scene.recipient.in_message);
  const auto hour = static_cast<double>(scene.activity.recipients_hour.count(scene.time) + 1);
  if (in_message <= floors.message && hour <= floors.hour) return std::nullopt;

  const AccountProfile& profile = scene.record.profile;
  const Peaks& peaks = profile.peaks;
  const double mean = mean_before_today(
      profile.rates.recipients, scene.activity.recipients_day.count(scene.time), profile.rates.active_days);
  const double most_ever = std::max(peaks.recipients_hour, peaks.recipients_message);
  const double peak_message = excusing_peak(scene, peaks.recipients_message, kByHand);
  const double peak_hour = excusing_peak(scene, most_ever, kByHand);
  const double by_message = weigh_excess({in_message, peak_message, floors.message, mean, kHourDays});
  const double by_hour = weigh_excess({hour, peak_hour, floors.hour, mean, kHourDays});
  if (by_message <= 0 && by_hour <= 0) return std::nullopt;
  const double most = most_at(scene, kMostAtUsualPlace);
  if (by_message >= by_hour) {
    return make_evidence(Reason::kRecipientsInOneMessage, std::min(by_message, most),
                         {static_cast<std::int64_t>(in_message), peak_message});
  }
  return make_evidence(Reason::kRecipientsThisHour, std::min(by_hour, most),
                       {static_cast<std::int64_t>(hour), peak_hour});
}

}  // namespace postreeve
