#include "lab/geography/countries.h"

#include <algorithm>
#include <array>

namespace postreeve::lab {
namespace {

// clang-format off
constexpr std::array kCountries = {
    Country{"DE", Region::kEurope, 51.1F, 10.4F, 250, 1, 1.0F},
    Country{"FR", Region::kEurope, 46.6F, 2.5F, 300, 1, 1.0F},
    Country{"GB", Region::kEurope, 52.5F, -1.5F, 180, 0, 0.8F},
    Country{"PL", Region::kEurope, 52.1F, 19.4F, 200, 1, 1.0F},
    Country{"NL", Region::kEurope, 52.2F, 5.5F, 70, 1, 0.6F},
    Country{"BE", Region::kEurope, 50.6F, 4.7F, 60, 1, 0.3F},
    Country{"AT", Region::kEurope, 47.6F, 14.1F, 150, 1, 0.3F},
    Country{"CH", Region::kEurope, 46.8F, 8.2F, 80, 1, 0.3F},
    Country{"CZ", Region::kEurope, 49.7F, 15.3F, 120, 1, 0.5F},
    Country{"SK", Region::kEurope, 48.7F, 19.5F, 120, 1, 0.3F},
    Country{"HU", Region::kEurope, 47.2F, 19.4F, 110, 1, 0.5F},
    Country{"IT", Region::kEurope, 43.0F, 12.1F, 350, 1, 1.4F},
    Country{"ES", Region::kEurope, 40.2F, -3.6F, 300, 1, 1.0F},
    Country{"PT", Region::kEurope, 39.6F, -8.5F, 150, 0, 0.4F},
    Country{"SE", Region::kEurope, 59.0F, 15.5F, 250, 1, 0.3F},
    Country{"NO", Region::kEurope, 60.5F, 9.0F, 200, 1, 0.2F},
    Country{"DK", Region::kEurope, 56.0F, 10.0F, 100, 1, 0.2F},
    Country{"FI", Region::kEurope, 61.5F, 25.0F, 150, 2, 0.2F},
    Country{"IE", Region::kEurope, 53.2F, -8.0F, 100, 0, 0.2F},
    Country{"GR", Region::kEurope, 38.8F, 23.0F, 150, 2, 0.6F},
    Country{"RO", Region::kEurope, 45.8F, 25.0F, 180, 2, 1.2F},
    Country{"BG", Region::kEurope, 42.8F, 25.2F, 130, 2, 1.0F},
    Country{"RS", Region::kEurope, 44.2F, 20.8F, 110, 1, 0.7F},
    Country{"HR", Region::kEurope, 45.4F, 16.0F, 100, 1, 0.3F},
    Country{"UA", Region::kEurope, 49.0F, 31.4F, 350, 2, 1.5F},
    Country{"RU", Region::kEurope, 55.7F, 40.0F, 900, 3, 2.5F},
    Country{"TR", Region::kEurope, 39.2F, 33.0F, 400, 3, 1.6F},
    Country{"LT", Region::kEurope, 55.3F, 23.9F, 80, 2, 0.3F},
    Country{"LV", Region::kEurope, 56.9F, 24.9F, 80, 2, 0.3F},
    Country{"EE", Region::kEurope, 58.8F, 25.5F, 60, 2, 0.2F},
    Country{"US", Region::kNorthAmerica, 39.0F, -95.0F, 1800, -6, 2.5F},
    Country{"CA", Region::kNorthAmerica, 46.5F, -85.0F, 1200, -5, 0.6F},
    Country{"MX", Region::kLatinAmerica, 22.0F, -101.0F, 600, -6, 1.4F},
    Country{"BR", Region::kLatinAmerica, -17.0F, -47.0F, 1000, -3, 2.5F},
    Country{"AR", Region::kLatinAmerica, -34.5F, -61.0F, 500, -3, 1.3F},
    Country{"CL", Region::kLatinAmerica, -33.5F, -71.0F, 500, -4, 0.6F},
    Country{"CO", Region::kLatinAmerica, 5.0F, -74.2F, 300, -5, 1.0F},
    Country{"PE", Region::kLatinAmerica, -10.5F, -76.0F, 400, -5, 0.7F},
    Country{"VE", Region::kLatinAmerica, 9.5F, -67.5F, 250, -4, 0.7F},
    Country{"EC", Region::kLatinAmerica, -1.5F, -79.0F, 150, -5, 0.5F},
    Country{"CN", Region::kAsia, 33.0F, 113.0F, 900, 8, 2.2F},
    Country{"JP", Region::kAsia, 35.8F, 138.0F, 400, 9, 0.5F},
    Country{"KR", Region::kAsia, 36.6F, 127.8F, 130, 9, 0.7F},
    Country{"TW", Region::kAsia, 24.0F, 121.0F, 100, 8, 0.7F},
    Country{"IN", Region::kAsia, 21.0F, 78.0F, 800, 5, 3.0F},
    Country{"PK", Region::kAsia, 30.5F, 71.5F, 400, 5, 1.4F},
    Country{"BD", Region::kAsia, 23.8F, 90.3F, 120, 6, 1.2F},
    Country{"ID", Region::kAsia, -6.5F, 108.0F, 600, 7, 2.2F},
    Country{"VN", Region::kAsia, 16.0F, 106.5F, 500, 7, 2.8F},
    Country{"TH", Region::kAsia, 14.5F, 101.0F, 300, 7, 1.2F},
    Country{"MY", Region::kAsia, 3.5F, 102.0F, 200, 8, 1.0F},
    Country{"PH", Region::kAsia, 13.0F, 122.0F, 300, 8, 0.9F},
    Country{"SG", Region::kAsia, 1.35F, 103.8F, 10, 8, 0.5F},
    Country{"IR", Region::kAsia, 33.0F, 52.5F, 400, 3, 1.3F},
    Country{"AE", Region::kAsia, 24.6F, 54.8F, 80, 4, 0.5F},
    Country{"IL", Region::kAsia, 32.0F, 34.9F, 50, 2, 0.3F},
    Country{"KZ", Region::kAsia, 48.0F, 70.0F, 700, 5, 0.7F},
    Country{"AU", Region::kAsia, -33.0F, 147.0F, 900, 10, 0.5F},
    Country{"NG", Region::kAfrica, 8.0F, 6.5F, 300, 1, 2.6F},
    Country{"ZA", Region::kAfrica, -28.5F, 27.0F, 450, 2, 1.2F},
    Country{"EG", Region::kAfrica, 29.5F, 31.2F, 150, 2, 1.1F},
    Country{"MA", Region::kAfrica, 33.0F, -7.0F, 150, 0, 0.9F},
    Country{"KE", Region::kAfrica, -1.0F, 37.0F, 150, 3, 0.6F},
    Country{"CI", Region::kAfrica, 6.0F, -5.0F, 120, 0, 1.2F},
    Country{"GH", Region::kAfrica, 6.5F, -1.2F, 120, 0, 0.9F},
};
// clang-format on

}  // namespace

std::span<const Country> all_countries() noexcept {
  return kCountries;
}

std::uint16_t country_index(std::string_view code) noexcept {
  const auto* found = std::ranges::find(kCountries, code, &Country::code);
  return found == kCountries.end() ? std::uint16_t{0}
                                   : static_cast<std::uint16_t>(found - kCountries.begin());
}

}  // namespace postreeve::lab
