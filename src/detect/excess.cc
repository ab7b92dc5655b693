#include "detect/excess.h"

#include <algorithm>
#include <cmath>

#include "finding/evidence.h"

namespace postreeve {
namespace {

// A thief's run: from a trickle to thousands a day (cases of detection.md 1: 20 to 6,000 an hour).
constexpr GammaPoisson kThief{.shape = 0.5F, .rate = 0.002F};  // mean 250 a day
constexpr double kFano = 6.6;                                  // of the 95th percentile of honest people
constexpr double kNatsPerFactor = 3.0;

}  // namespace

double weigh_excess(const Excess& excess) noexcept {
  const double usual = std::max(excess.peak, excess.floor);
  if (excess.count <= usual) return 0;
  const double by_peak = 1.0 + kNatsPerFactor * std::log(excess.count / usual);
  const double mean = std::max(excess.mean_per_day, 0.3);  // lognormal across people, median 0.32 to 12
  const GammaPoisson owner = gamma_poisson_of(mean, kFano, 1.0);
  const auto n = static_cast<std::uint64_t>(excess.count);
  const double by_rate = log_bayes_factor(kThief, owner, n, excess.window_days);
  return std::clamp(std::min(by_peak, by_rate), 0.0, static_cast<double>(kMaxNats));
}

}  // namespace postreeve
