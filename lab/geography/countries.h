// The countries of the lab's world.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

namespace postreeve::lab {

// Where its address blocks come from.
enum class Region : std::uint8_t { kEurope, kNorthAmerica, kLatinAmerica, kAsia, kAfrica };

struct Country {
  std::string_view code;  // ISO 3166-1 alpha-2
  Region region;
  float latitude;
  float longitude;
  float spread_km;         // how far its cities lie from the centre
  std::int8_t utc_offset;  // hours
  float bots;              // how often its hacked machines and phished networks serve attackers
};

[[nodiscard]] std::span<const Country> all_countries() noexcept;
// The index of a country by its code; 0 when unknown.
[[nodiscard]] std::uint16_t country_index(std::string_view code) noexcept;

}  // namespace postreeve::lab
