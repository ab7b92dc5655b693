// Reading: a mailbox that somebody else reads, or prepares to go on reading.
//
// A setting made where the account does not send from. Thieves of the fraud and reading kind
// forward mail, hide answers by a filter or make themselves an app password in a good part of
// the cases (one in four or five); owners touch such a setting less than once in a hundred
// days, and from home. So it weighs ln(0.2 / 0.01) = 3 at the most, beside the place:
//   a forward to a freemail address elsewhere 3.0, elsewhere or not said where 2.5, to an
//   address of the account's own domain 1.5; a recovery address likewise; an app password 2.0
//   (who sets up a new phone makes one); a filter 1.5 (absence notes are set from holidays);
//   anything else 0.5
// all with confidence(). To this the novelty of the place is added, up to 3.5: both together
// are what the owner does hardly ever, and one detector's finding does not hide the other's.
// At most 6: without mail nobody is slowed.
//
// For a week the setting speaks against mail from an unfamiliar place too, fading.
//
// Reading along: a provider in a country that nothing was ever sent from, read from on two days
// or more, while the owner sends elsewhere since. A new phone does the same, but in a country
// the account sends from; a traveller does not send from home between two days abroad. Half a
// nat a day, up to 2, beside the novelty of the place.
//
// Limits: a thief on the victim's own provider or in its country is not seen reading along;
// servers do not tell of settings by themselves.
#include "detect/reading.h"

#include <algorithm>

#include "detect/detectors.h"
#include "detect/freemail.h"

namespace postreeve {
namespace {

constexpr double kMost = 6.0;
constexpr double kMostOfPlace = 3.5;
constexpr double kFreemailTarget = 3.0;
constexpr double kElsewhere = 2.5;
constexpr double kOwnTarget = 1.5;
constexpr double kAppPassword = 2.0;
constexpr double kFilter = 1.5;
constexpr double kOther = 0.5;
constexpr double kReadDay = 0.5;
constexpr double kMostReading = 2.0;
constexpr std::uint8_t kLeastReadDays = 2;

double target_weight(const SettingFacts& setting) noexcept {
  if (setting.is_own) return kOwnTarget;
  return is_freemail(setting.target_domain) ? kFreemailTarget : kElsewhere;
}

ShortText name_of(SettingKind kind) {
  switch (kind) {
    case SettingKind::kForward:
      return ShortText("forward");
    case SettingKind::kFilter:
      return ShortText("filter");
    case SettingKind::kAppPassword:
      return ShortText("app password");
    case SettingKind::kRecoveryAddress:
      return ShortText("recovery address");
    case SettingKind::kOther:
      break;
  }
  return ShortText("setting");
}

// What the place alone speaks, never so much that it hides the rest.
double place_weight(const Scene& scene) {
  const std::optional<Evidence> place = weigh_origin_novelty(scene);
  return place ? std::min(kMostOfPlace, static_cast<double>(place->nats)) : 0.0;
}

std::optional<Evidence> setting_made(const Scene& scene) {
  const double sure = confidence(scene.record.profile, scene.time);
  const double nats = place_weight(scene) + sure * setting_weight(scene.setting);
  if (nats <= 0) return std::nullopt;
  return make_evidence(Reason::kSettingMade, std::min(kMost, nats),
                       {name_of(scene.setting.kind), ShortText(scene.setting.target_domain),
                        scene.origin.prefix, scene.origin.country});
}

std::optional<Evidence> setting_made_before(const Scene& scene) {
  const Stranger* stranger = scene.record.stranger.get();
  if (stranger == nullptr || stranger->setting_time == 0) return std::nullopt;
  const Duration age = std::max(scene.time - from_seconds32(stranger->setting_time), Duration{0});
  if (age >= kSettingMemory) return std::nullopt;
  const double place = place_weight(scene);
  if (place <= 0) return std::nullopt;  // the owner's own client
  const double left = 1.0 - std::chrono::duration<double>(age) / kSettingMemory;
  const double sure = confidence(scene.record.profile, scene.time);
  return make_evidence(Reason::kSettingMadeBefore,
                       std::min(kMost, place + sure * left * static_cast<double>(stranger->setting_nats)),
                       {name_of(stranger->setting), age, scene.origin.prefix});
}

// Whether the owner has sent from an established place since `day`, and lately.
bool sends_elsewhere_since(const Scene& scene, std::uint16_t day) {
  const std::uint16_t today = day_of(scene.time);
  return std::ranges::any_of(scene.record.profile.networks.all(), [&](const Habit& habit) {
    return habit.send_days >= kFamiliarSendDays && habit.last_send_day > day &&
           habit.last_send_day + 1 >= today;
  });
}

std::optional<Evidence> reads_along(const Scene& scene) {
  const AccountProfile& profile = scene.record.profile;
  const Habit* here = profile.providers.find(scene.origin.provider);
  if (here == nullptr || here->send_days > 0 || here->days < kLeastReadDays) return std::nullopt;
  const Habit* country = profile.countries.find(scene.origin.country.packed());
  if (country == nullptr || country->send_days > 0) return std::nullopt;
  // The first of these days is not known; this is the latest that it can have been.
  const auto first_day = static_cast<std::uint16_t>(here->last_day - here->days + 1);
  if (!sends_elsewhere_since(scene, first_day)) return std::nullopt;
  const double place = place_weight(scene);
  if (place <= 0) return std::nullopt;
  const double sure = confidence(profile, scene.time);
  return make_evidence(Reason::kReadsAlong, place + sure * std::min(kMostReading, kReadDay * here->days),
                       {static_cast<std::int64_t>(here->days), scene.origin.prefix, scene.origin.country});
}

}  // namespace

double setting_weight(const SettingFacts& setting) noexcept {
  switch (setting.kind) {
    case SettingKind::kForward:
    case SettingKind::kRecoveryAddress:
      return target_weight(setting);
    case SettingKind::kAppPassword:
      return kAppPassword;
    case SettingKind::kFilter:
      return kFilter;
    case SettingKind::kOther:
      break;
  }
  return kOther;
}

std::optional<Evidence> weigh_reading(const Scene& scene) {
  if (scene.side != Side::kStranger || !scene.origin.known) return std::nullopt;
  switch (scene.kind) {
    case StepKind::kSettingChange:
      return setting_made(scene);
    case StepKind::kLogin:
      return reads_along(scene);
    case StepKind::kRecipient:
    case StepKind::kMessage: {
      const std::optional<Evidence> before = setting_made_before(scene);
      const std::optional<Evidence> along = reads_along(scene);
      return before && (!along || before->nats >= along->nats) ? before : along;
    }
    case StepKind::kDelivery:
    case StepKind::kScan:
    case StepKind::kComplaint:
      break;
  }
  return std::nullopt;
}

}  // namespace postreeve
