#include "detect/excess.h"

#include <algorithm>
#include <cmath>

#include "detect/strangeness.h"
#include "finding/evidence.h"
#include "sketch/gamma_poisson.h"

namespace postreeve {
namespace {

// A thief's run: from a trickle to thousands a day (cases known: 20 to 6,000 an hour).
constexpr GammaPoisson kThief{.shape = 0.5F, .rate = 0.002F};  // mean 250 a day
constexpr double kFano = 6.6;                                  // of the 95th percentile of honest people
constexpr double kNatsPerFactor = 3.0;
// On its first day an account has no habits that an amount could exceed.
constexpr double kYoungShare = 0.6;
constexpr double kShareOfStranger = 0.25;

}  // namespace

double weigh_excess(const Excess& excess) noexcept {
  // Peaks fade with the calendar, rates do not: who comes back from a long pause is at least as
  // busy as on average.
  const double average = excess.mean_per_day * excess.window_days;
  const double usual = std::max({excess.peak, excess.floor, average});
  if (excess.count <= usual) return 0;
  const double by_peak = 1.0 + kNatsPerFactor * std::log(excess.count / usual);
  const double mean = std::max(excess.mean_per_day, 0.3);  // lognormal across people, median 0.32 to 12
  const GammaPoisson owner = gamma_poisson_of(mean, kFano, 1.0);
  const auto n = static_cast<std::uint64_t>(excess.count);
  const double by_rate = log_bayes_factor(kThief, owner, n, excess.window_days);
  return std::clamp(std::min(by_peak, by_rate), 0.0, static_cast<double>(kMaxNats));
}

double excusing_peak(const Scene& scene, double peak, double by_hand) noexcept {
  const double elsewhere = std::max(std::min(peak, by_hand), kShareOfStranger * peak);
  return by_strangeness(scene, peak, elsewhere);
}

double most_at(const Scene& scene, double at_usual_place) noexcept {
  const double sure = confidence(scene.record.profile, scene.time);
  const double usual = at_usual_place * (kYoungShare + sure * (1 - kYoungShare));
  // How strange a country is to a young account was borrowed from others: it is no reason for more.
  if (scene.side == Side::kUnsettled) return usual;
  const double strange = at_usual_place + sure * (static_cast<double>(kMaxNats) - at_usual_place);
  return by_strangeness(scene, usual, strange);
}

}  // namespace postreeve
