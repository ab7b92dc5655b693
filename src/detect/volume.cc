// Volume: more messages within an hour or a day than the account ever sends.
//
// The weight is that of excess.h, with the account's own decayed peaks. Up to 15 an
// hour or 40 a day nobody is accused at a usual place (the 99th percentile of active
// days is 13); from an unfamiliar place less is remarkable.
//
// But for strangers an unusual amount alone weighs at most 3 nats, less while the account is
// young: people do write to 300 parents once, and the refusals of a machine in foreign hands
// come soon.
//
// Limits: a thief who stays under the owner's own peak is not seen here.
#include <algorithm>

#include "detect/detectors.h"
#include "detect/excess.h"
#include "detect/strangeness.h"

namespace postreeve {
namespace {

struct Floors {
  double hour;
  double day;
};
constexpr Floors kUsualPlace{15, 40};
constexpr Floors kStrangePlace{6, 15};
constexpr double kMostAtUsualPlace = 3.0;
constexpr double kHourByHand = 25;
constexpr double kDayByHand = 100;

Floors floors_at(const Scene& scene) {
  return {by_strangeness(scene, kUsualPlace.hour, kStrangePlace.hour),
          by_strangeness(scene, kUsualPlace.day, kStrangePlace.day)};
}

}  // namespace

std::optional<Evidence> weigh_volume(const Scene& scene) {
  if (scene.kind != StepKind::kMessage || scene.message.is_retry) return std::nullopt;
  const Floors floors = floors_at(scene);
  const AccountProfile& profile = scene.record.profile;
  const auto hour = static_cast<double>(scene.activity.messages_hour.count(scene.time) + 1);
  const auto day = static_cast<double>(scene.activity.messages_day.count(scene.time) + 1);
  if (hour <= floors.hour && day <= floors.day) return std::nullopt;

  const double mean = mean_before_today(profile.rates.messages, scene.activity.messages_day.count(scene.time),
                                        profile.rates.active_days);
  const double peak_hour = excusing_peak(scene, profile.peaks.messages_hour, kHourByHand);
  const double peak_day = excusing_peak(scene, profile.peaks.messages_day, kDayByHand);
  const double by_hour = weigh_excess({hour, peak_hour, floors.hour, mean, 1.0 / 8});
  const double by_day = weigh_excess({day, peak_day, floors.day, mean, 1.0});
  const double most = most_at(scene, kMostAtUsualPlace);
  if (by_hour <= 0 && by_day <= 0) return std::nullopt;
  if (by_hour >= by_day) {
    return make_evidence(
        Reason::kMessagesThisHour, std::min(by_hour, most),
        {static_cast<std::int64_t>(hour), mean, static_cast<double>(profile.peaks.messages_hour)});
  }
  return make_evidence(Reason::kMessagesThisDay, std::min(by_day, most),
                       {static_cast<std::int64_t>(day), mean});
}

}  // namespace postreeve
