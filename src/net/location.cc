#include "net/location.h"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace postreeve {

double distance_km(const Position& a, const Position& b) noexcept {
  constexpr double kEarthRadiusKm = 6371;
  constexpr double kRadians = std::numbers::pi / 180;
  const auto square_of_half_sine = [](double degrees) {
    const double sine = std::sin(degrees * kRadians / 2);
    return sine * sine;
  };
  const double latitude_a = a.latitude;
  const double latitude_b = b.latitude;
  const double h = square_of_half_sine(latitude_b - latitude_a) +
                   std::cos(latitude_a * kRadians) * std::cos(latitude_b * kRadians) *
                       square_of_half_sine(double{b.longitude} - double{a.longitude});
  // Rounding can take h beyond 1 for antipodes.
  return 2 * kEarthRadiusKm * std::asin(std::sqrt(std::clamp(h, 0.0, 1.0)));
}

}  // namespace postreeve
