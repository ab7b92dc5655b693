// Countries and speed: can one person be in these places?
//
// Countries new to the account within a day: two weigh 3 nats, three 4.5, four 6, more 8.
// Six or more within an hour are conclusive, and so is mail when it comes with the fifth within a day,
// habitual VPN users left out (they have new countries every week): 41 countries are a take-over even before
// the first message.
//
// Speed: v = max(0, d - r1 - r2) / dt between two uses counts over 1000 km/h and 500 km
// beyond both radii of accuracy (mobile geolocation errs by 179-207 km in the median).
// A stranger far from where the owner just was weighs 4.5 nats, a jump between two strange
// places 3.5.
//
// The larger of both counts, times confidence(). A country the account knows, and a sender
// with the owner's own EHLO name, say nothing.
//
// Whom that meets: an account of two days and more, by its sixth to eighth login of the hour. A
// younger one knows no strangers, so nothing is said of it. Who flies does not come through six
// countries in an hour; who tries all exits of a VPN does, and is kept out of strange places until
// a person or a new password ends it, but not where he usually sends from.
//
// Limits: without geography there are no countries and no distances; a country's
// centroid counts with the country's radius.
#include <algorithm>
#include <array>

#include "detect/detectors.h"

namespace postreeve {
namespace {

constexpr Duration kCountryWindow = std::chrono::hours{24};
constexpr Duration kBurstWindow = std::chrono::hours{1};
constexpr std::size_t kConclusiveCountries = 6;
constexpr std::size_t kConclusiveOfMail = 5;  // within a day
constexpr std::array<double, 5> kCountryNats{0, 0, 3, 4.5, 6};
constexpr float kHabitualHopper = 3;  // new countries lately that are not news any more
constexpr double kLeastKm = 500;
constexpr double kFastestKmPerHour = 1000;

std::size_t countries_with(const Scene& scene, Duration window) {
  const Stranger* stranger = scene.record.stranger.get();
  if (stranger == nullptr) return 1;
  const std::size_t before = stranger->countries.count(scene.time, window);
  return before + (stranger->countries.contains(scene.origin.country.packed(), scene.time, window) ? 0 : 1);
}

bool is_burst(const Scene& scene) {
  return countries_with(scene, kBurstWindow) >= kConclusiveCountries;
}

// Of mail only for a settled account: a young one may have all its places still to show.
bool is_conclusive(const Scene& scene) {
  if (is_burst(scene)) return true;
  return scene.use == Use::kSend && countries_with(scene, kCountryWindow) >= kConclusiveOfMail &&
         confidence(scene.record.profile, scene.time) >= 1;
}

// Whether the account has new countries all the time. Those of a burst make no habit of themselves: of a
// young account the first ones weigh little and are learned at once.
bool hops_always(const Scene& scene) {
  const AccountProfile& profile = scene.record.profile;
  float before = profile.rates.new_countries;
  if (is_conclusive(scene)) {
    const auto is_fresh = [today = day_of(scene.time)](const Habit& country) {
      return country.days == 1 && country.last_day + 1 >= today;
    };
    before -= static_cast<float>(std::ranges::count_if(profile.countries.all(), is_fresh));
  }
  return before >= kHabitualHopper;
}

std::optional<Evidence> many_countries(const Scene& scene) {
  const std::size_t day = countries_with(scene, kCountryWindow);
  const std::size_t hour = countries_with(scene, kBurstWindow);
  if (day < 2) return std::nullopt;
  const double nats = day < kCountryNats.size() ? kCountryNats[day] : static_cast<double>(kMaxNats);
  const bool burst = is_burst(scene);
  Evidence evidence = make_evidence(Reason::kManyCountries, nats,
                                    {static_cast<std::int64_t>(burst ? hour : day),
                                     burst ? kBurstWindow : kCountryWindow, scene.origin.country});
  evidence.conclusive = is_conclusive(scene);
  return evidence;
}

Position last_position(const LastUse& use) {
  return {static_cast<float>(use.latitude) / 100, static_cast<float>(use.longitude) / 100,
          static_cast<float>(use.radius_km)};
}

std::optional<Evidence> impossible_speed(const Scene& scene) {
  const LastUse& last = scene.record.last_use;
  if (last.time == 0 || !scene.origin.position) return std::nullopt;
  const Position before = last_position(last);
  const double apart = distance_km(before, *scene.origin.position);
  const double least =
      apart - static_cast<double>(before.radius_km) - static_cast<double>(scene.origin.position->radius_km);
  if (least < kLeastKm) return std::nullopt;
  // Logs of two servers come out of order: what counts is the time between both uses.
  const Duration passed = std::max(std::chrono::abs(scene.time - from_seconds32(last.time)), Duration{1000});
  const double hours = static_cast<double>(passed.count()) / 3'600'000.0;
  if (least / hours < kFastestKmPerHour) return std::nullopt;
  const double nats = last.familiar ? 4.5 : 3.5;
  return make_evidence(
      Reason::kImpossibleSpeed, nats,
      {scene.origin.country, passed, CountryCode::unpack(last.country), static_cast<std::int64_t>(apart)});
}

}  // namespace

std::optional<Evidence> weigh_countries_and_speed(const Scene& scene) {
  if (scene.side != Side::kStranger || !scene.origin.country.known()) return std::nullopt;
  const AccountProfile& profile = scene.record.profile;
  if (hops_always(scene)) return std::nullopt;
  if (profile.countries.find(scene.origin.country.packed()) != nullptr) return std::nullopt;
  // The owner's own device says who travels, or which exit a VPN took.
  if (scene.use == Use::kSend && knows_client(profile, scene.origin.client)) return std::nullopt;
  std::optional<Evidence> countries = many_countries(scene);
  std::optional<Evidence> speed = impossible_speed(scene);
  const auto sure = static_cast<float>(confidence(profile, scene.time));
  if (countries) countries->nats *= sure;
  if (speed) speed->nats *= sure;
  if (!countries || (speed && speed->nats > countries->nats)) return speed;
  return countries;
}

}  // namespace postreeve
