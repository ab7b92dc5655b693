#include "lab/score/tally.h"

#include <algorithm>
#include <cmath>

namespace postreeve::lab {

// Half the chi-square quantile with 2n + 2 degrees of freedom (Wilson and Hilferty 1931); exact for none.
double upper_bound_95(std::uint64_t count) {
  if (count == 0) return 2.996;
  const double degrees = 2.0 * static_cast<double>(count) + 2.0;
  const double t = 2.0 / (9.0 * degrees);
  return 0.5 * degrees * std::pow(1.0 - t + 1.644854 * std::sqrt(t), 3.0);
}

double quantile(std::vector<double> values, double share) {
  if (values.empty()) return 0;
  const auto last = static_cast<double>(values.size() - 1);
  const auto n = static_cast<std::ptrdiff_t>(std::min(last, std::floor(share * last + 0.5)));
  std::nth_element(values.begin(), values.begin() + n, values.end());
  return values[static_cast<std::size_t>(n)];
}

}  // namespace postreeve::lab
