#include "lab/attackers/plan.h"

#include <algorithm>

namespace postreeve::lab {
namespace {

// In [-1, 1]: how the test variant differs in this question of this family.
double shift_of(Brief& brief) {
  if (brief.world.options().variant == Variant::kDev) return 0;
  return Random(brief.family_seed + ++brief.questions).between(-1, 1);
}

}  // namespace

double Brief::around(double median, double sigma) {
  const double shift = shift_of(*this);
  return random.lognormal(median * std::exp(0.6 * shift), sigma * (1.0 + 0.25 * shift));
}

std::uint32_t Brief::count_around(double median, double sigma, std::uint32_t least) {
  return std::max(least, static_cast<std::uint32_t>(std::min(around(median, sigma), 50'000.0) + 0.5));
}

bool Brief::likely(double probability) {
  return random.chance(std::clamp(probability + 0.25 * shift_of(*this), 0.05, 0.95));
}

}  // namespace postreeve::lab
